package dev.pgbackup.contract.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a connection is encrypted and the server's certificate checked, in libpq's words. */
public enum TlsMode {
  @JsonProperty("disable")
  DISABLE,
  @JsonProperty("prefer")
  PREFER,
  @JsonProperty("require")
  REQUIRE,
  @JsonProperty("verify-ca")
  VERIFY_CA,
  @JsonProperty("verify-full")
  VERIFY_FULL
}
