package dev.pgbackup.agent.cli;

import dev.pgbackup.contract.restore.RestorePurpose;

/** For what it is restored, as it is written on the command line. */
enum PurposeOption {
  master(RestorePurpose.Master),
  clone(RestorePurpose.Clone);

  private final RestorePurpose purpose;

  PurposeOption(RestorePurpose purpose) {
    this.purpose = purpose;
  }

  RestorePurpose purpose() {
    return purpose;
  }
}
