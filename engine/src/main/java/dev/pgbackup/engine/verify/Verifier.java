package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.Archive;

/** Verifies that what backups need is there and hashes right. It reads only. */
public final class Verifier {

  private Verifier() {}

  /**
   * Verifies; what is wrong is in the report, never thrown.
   *
   * @throws dev.pgbackup.engine.error.EngineException {@code BackupNotFound}, or if the store
   *     cannot be read
   */
  public static VerifyReport verify(
      Archive archive, VerifyRequest request, VerifyProgress progress) {
    return new Verification(archive, request, progress).run();
  }
}
