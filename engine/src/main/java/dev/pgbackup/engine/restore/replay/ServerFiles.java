package dev.pgbackup.engine.restore.replay;

/** The configuration of a replaying server that is not on its command line. */
final class ServerFiles {

  static final String HBA = "pg_hba.conf";
  static final String IDENT = "pg_ident.conf";
  static final String CONFIGURATION = "postgresql.conf";
  static final String LOG = "server.log";

  private static final String NOBODY = "host all all 127.0.0.1/32 reject\n";
  private static final String LOOPBACK = "host all all 127.0.0.1/32 trust\n";

  private ServerFiles() {}

  /** Writes them. Only a server that somebody wants to look at lets anybody in. */
  static void layDown(SharedFolder folder, TargetAction action) {
    folder.write(HBA, action == TargetAction.Pause ? LOOPBACK : NOBODY);
    folder.write(IDENT, "");
    folder.write(CONFIGURATION, "");
    folder.write(LOG, "");
  }
}
