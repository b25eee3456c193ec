package dev.pgbackup.scenario;

/**
 * A step of the story.
 *
 * @param row what it helps to prove
 * @param title in a few words
 * @param explanation what happens and why, a sentence or two
 */
record Step(Row row, String title, String explanation, Action action) {

  /** What is done in a step; it throws if something is not as it should be. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }
}
