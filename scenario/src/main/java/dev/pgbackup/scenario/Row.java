package dev.pgbackup.scenario;

/** What has to work without hands, each with the number that it has had since the beginning. */
public enum Row {
  KEYS(1, "keys lie in files and nowhere else"),
  POLICY(2, "a changed policy and rotated secrets are live, and no WAL is lost"),
  START(3, "one step: the master is found, the stream runs, the first backup is there"),
  SLOT(4, "the slot is shown, and goes when the policy goes"),
  DATABASES(5, "databases aa and bb, a transaction's number, then a database cc"),
  LATEST(6, "a restore to the latest moment finds what was committed seconds ago"),
  LIST(7, "base backups are listed"),
  LOOK(8, "restored to the latest moment: aa, bb and cc"),
  XID(9, "restored to the transaction: aa and bb, no cc, nothing to know but its number"),
  NOTHING_TO_CLEAN(10, "nothing to clean up: streaming never stopped"),
  SWAP(11, "what was restored is the master's, what was there is kept"),
  UNDO(12, "undo: what was there is back, with every row"),
  FOLLOWS(13, "after the swap: new timeline, the slot, a new base backup");

  private final int number;
  private final String sentence;

  Row(int number, String sentence) {
    this.number = number;
    this.sentence = sentence;
  }

  public int number() {
    return number;
  }

  /** What is so when the row works. */
  public String sentence() {
    return sentence;
  }
}
