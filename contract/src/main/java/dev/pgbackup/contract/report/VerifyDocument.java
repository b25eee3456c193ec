package dev.pgbackup.contract.report;

import java.util.List;

/**
 * {@code pgbackup verify -o json}.
 *
 * @param clean whether nothing is wrong
 * @param sampled whether only a part of the content was read
 * @param backups that were verified, oldest first
 * @param objects that were looked at
 * @param chunks whose content was read and hashed right
 * @param bytesRead stored bytes that were read
 */
public record VerifyDocument(
    int version,
    String archiveId,
    boolean clean,
    boolean sampled,
    List<String> backups,
    long objects,
    long chunks,
    long bytesRead,
    List<FindingDocument> findings) {

  /**
   * Something that is wrong with one object.
   *
   * @param key of the object
   * @param problem {@code Missing}, {@code WrongSize}, {@code Damaged}, {@code Gap}
   * @param backups that need it; empty: the archive as a whole
   */
  public record FindingDocument(String key, String problem, String detail, List<String> backups) {

    public FindingDocument {
      backups = backups == null ? List.of() : List.copyOf(backups);
    }
  }

  public VerifyDocument {
    backups = backups == null ? List.of() : List.copyOf(backups);
    findings = findings == null ? List.of() : List.copyOf(findings);
  }
}
