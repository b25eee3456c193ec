package dev.pgbackup.agent.config;

/**
 * Something that is wrong with a configuration file.
 *
 * @param line from 1
 * @param column from 1
 * @param message a sentence that begins with the key, and never holds a value that might be secret
 */
record ConfigProblem(int line, int column, String message) {

  @Override
  public String toString() {
    return "line " + line + ", column " + column + ": " + message;
  }
}
