package dev.pgbackup.engine.store;

import java.util.regex.Pattern;

/** The rules of names in a store, the same for every implementation. */
public final class ObjectKeys {

  /** What a store keeps for itself: no part of the name space. */
  public static final String OWN_FOLDER = ".pgbackup";

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._/-]{1,512}");
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._/-]{0,512}");
  private static final Pattern BAD_PART = Pattern.compile("(^|.*/)\\.{0,2}(/.*|$)");

  private ObjectKeys() {}

  /**
   * Returns the key as it is.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static String requireKey(String key) {
    if (!KEY.matcher(key).matches()
        || BAD_PART.matcher(key).matches()
        || key.equals(OWN_FOLDER)
        || isOwn(key)) {
      throw new IllegalArgumentException("\"" + key + "\" is not a legal object key");
    }
    return key;
  }

  /** Whether a store keeps this for itself. */
  public static boolean isOwn(String key) {
    return key.startsWith(OWN_FOLDER + "/");
  }

  /**
   * Returns what keys may begin with, as it is.
   *
   * @throws IllegalArgumentException if no key can begin so
   */
  public static String requirePrefix(String prefix) {
    if (!PREFIX.matcher(prefix).matches()
        || prefix.startsWith("/")
        || prefix.contains("//")
        || prefix.contains("/../")
        || prefix.contains("/./")
        || prefix.startsWith("../")
        || prefix.startsWith("./")) {
      throw new IllegalArgumentException("no object key begins with \"" + prefix + "\"");
    }
    return prefix;
  }

  /**
   * Returns a folder's name as a prefix: with a {@code /} at its end, or empty for the root.
   *
   * @throws IllegalArgumentException if it is no folder's name
   */
  public static String folderPrefix(String folder) {
    if (folder.isEmpty()) {
      return "";
    }
    return requireKey(folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder)
        + "/";
  }
}
