package dev.pgbackup.contract.config;

/** How the write-ahead log gets into the archive. */
public record WalConfig(
    @Setting(
            value = "Name of the replication slot; created with WAL reserved if it is not there.",
            byDefault = "pgbackup")
        String slotName,
    @Setting(
            value =
                "`Auto` or `Sql` (ordinary connections; needs no replication entry in `pg_hba.conf`).",
            byDefault = "Auto")
        Transport transport,
    @Setting(
            value =
                "How often the growing segment is uploaded while WAL arrives: what can be lost on an otherwise healthy day.",
            byDefault = "5s")
        Span flushInterval,
    @Setting("How much WAL the slot may hold back on the server.") RetainedWalConfig retainedWal) {

  /** By which way WAL is read. */
  public enum Transport {
    Auto,
    Sql
  }

  /** Limits of what the slot holds back. */
  public record RetainedWalConfig(
      @Setting(value = "Bytes from which the state is `AtRisk`.", byDefault = "4Gi")
          ByteSize warnAt,
      @Setting(value = "Bytes at which `onLimit` happens.", byDefault = "16Gi") ByteSize limit,
      @Setting(
              value =
                  "`Alert`: keep the slot and say so. `DropSlot`: drop it before the server's disk fills up; the recovery window gets a gap, and a new base backup is taken.",
              byDefault = "Alert")
          OnLimit onLimit) {}

  /** What happens when the slot holds back too much. */
  public enum OnLimit {
    Alert,
    DropSlot
  }
}
