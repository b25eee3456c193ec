package dev.pgbackup.engine.postgres.session;

/** How a session is protected, in libpq's terms. */
public enum TlsMode {
  /** Plain. */
  Disable("disable"),
  /** TLS if the server offers it; its certificate is not looked at. */
  Prefer("prefer"),
  /** TLS or no session; the certificate is not looked at. */
  Require("require"),
  /** The certificate must come from a known authority. */
  VerifyCa("verify-ca"),
  /** And it must be for the host that was asked for. */
  VerifyFull("verify-full");

  private final String sslMode;

  TlsMode(String sslMode) {
    this.sslMode = sslMode;
  }

  /** The name that libpq and pgjdbc give it. */
  public String sslMode() {
    return sslMode;
  }
}
