package dev.pgbackup.engine.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, by which content is named and checked. */
public final class Sha256 {

  private Sha256() {}

  /** A new one. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  /** What was given to a digest, in 64 hexadecimal digits of lower case; it begins anew. */
  public static String hex(MessageDigest sha256) {
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** The same of some bytes. */
  public static String hex(byte[] content) {
    return HexFormat.of().formatHex(digest().digest(content));
  }
}
