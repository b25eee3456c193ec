package dev.pgbackup.scenario;

/** Something is not as the scenario says. */
final class Unexpected extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Unexpected(String message) {
    super(message);
  }
}
