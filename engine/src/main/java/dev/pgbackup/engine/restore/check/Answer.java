package dev.pgbackup.engine.restore.check;

import java.util.Optional;

/**
 * What came of a check.
 *
 * @param complaint why it did not pass; empty if it did
 */
public record Answer(String check, Optional<String> complaint) {

  static Answer of(String check, String complaint) {
    return new Answer(check, Optional.of(complaint));
  }

  public boolean passed() {
    return complaint.isEmpty();
  }
}
