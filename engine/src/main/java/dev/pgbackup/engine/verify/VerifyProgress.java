package dev.pgbackup.engine.verify;

/** Told how a verification gets on; called by the verifying thread, often. */
@FunctionalInterface
public interface VerifyProgress {

  VerifyProgress NONE = (what, bytesRead, bytesTotal) -> {};

  /**
   * @param what is being read, for people
   * @param bytesRead stored bytes so far
   * @param bytesTotal stored bytes to be read as far as known
   */
  void advanced(String what, long bytesRead, long bytesTotal);
}
