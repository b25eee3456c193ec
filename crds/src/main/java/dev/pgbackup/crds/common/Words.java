package dev.pgbackup.crds.common;

/** Reads the constants of enums, and passes over those that only a newer version knows. */
public final class Words {

  private Words() {}

  /** The one whose {@code toString} is the text, else the one that stands for all others. */
  public static <E extends Enum<E>> E read(E[] words, String text, E unrecognized) {
    for (E word : words) {
      if (word.toString().equals(text)) {
        return word;
      }
    }
    return unrecognized;
  }
}
