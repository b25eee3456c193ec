package dev.pgbackup.engine.verify;

import dev.pgbackup.engine.archive.format.BackupId;
import java.util.List;

/**
 * What a verification found.
 *
 * @param backups that were verified, oldest first
 * @param findings what is wrong; empty: nothing
 * @param objects that were looked at
 * @param chunks whose content was read and hashed right
 * @param bytesRead stored bytes that were read
 * @param sampled whether only a part of the content was read
 */
public record VerifyReport(
    List<BackupId> backups,
    List<Finding> findings,
    long objects,
    long chunks,
    long bytesRead,
    boolean sampled) {

  public VerifyReport {
    backups = List.copyOf(backups);
    findings = List.copyOf(findings);
  }

  public boolean isClean() {
    return findings.isEmpty();
  }
}
