package dev.pgbackup.scenario;

/** What came of a row. */
public enum Verdict {
  PASSED("ok"),
  FAILED("FAILED"),
  NOT_REACHED("not reached");

  private final String word;

  Verdict(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
