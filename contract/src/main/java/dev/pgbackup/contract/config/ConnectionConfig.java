package dev.pgbackup.contract.config;

import org.jspecify.annotations.Nullable;

/** How to reach the PostgreSQL server. */
public record ConnectionConfig(
    @Setting(value = "Name or address of the server.", byDefault = "localhost") String host,
    @Setting(value = "Its TCP port.", byDefault = "5432") int port,
    @Setting(value = "Database to connect to; any one will do.", byDefault = "postgres")
        String database,
    @Setting("Role to connect as; this or `userFile`.") @Nullable String user,
    @Setting("File that holds the role's name.") @Nullable String userFile,
    @Setting(
            "File that holds the password; read again at every connect. Without it no password is sent.")
        @Nullable String passwordFile,
    @Setting("Encryption of the connection.") TlsConfig tls) {

  /** How the connection is encrypted. */
  public record TlsConfig(
      @Setting(
              value =
                  "`disable`, `prefer`, `require`, `verify-ca` or `verify-full`, as libpq means them.",
              byDefault = "prefer")
          TlsMode mode,
      @Setting(
              "File of PEM certificates to trust, for `verify-ca` and `verify-full`; else `~/.postgresql/root.crt`.")
          @Nullable String caFile) {}
}
