package dev.pgbackup.crds.policy;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.pgbackup.crds.common.CertificateRef;
import dev.pgbackup.crds.common.Rules;
import dev.pgbackup.crds.common.Words;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How to connect to PostgreSQL. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Connection(
    @JsonPropertyDescription(
            "Name or address of the server; of the server itself, not of a pooler. Default: the"
                + " Service that leads to the workload's pods.")
        @Nullable
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = "self.matches('^[A-Za-z0-9._:-]+$')",
            message = "must be a host name or an IP address, without a port")
        String host,
    @JsonPropertyDescription("TCP port of the server. Default: the Service's, else 5432.")
        @Nullable
        @Min(1)
        @Max(65535)
        Integer port,
    @JsonPropertyDescription("Database to connect to; any one will do, all are backed up.")
        @Default(Connection.DATABASE)
        @Size(min = 1, max = 63)
        String database,
    @JsonPropertyDescription(
            "Secret with the role's name and password; deploy/sql/grants.sql creates a role with as"
                + " few rights as possible. Default: the user and password that the workload gives to"
                + " the official image (POSTGRES_USER, POSTGRES_PASSWORD).")
        @Nullable AuthSecretRef authSecretRef,
    @JsonPropertyDescription("Encryption of the connection.") @Default("{}") Tls tls) {

  static final String DATABASE = "postgres";

  /** Everything found in the workload. */
  public static final Connection DEFAULT = new Connection(null, null, DATABASE, null, Tls.DEFAULT);

  public Connection {
    database = requireNonNullElse(database, DATABASE);
    tls = requireNonNullElse(tls, Tls.DEFAULT);
  }

  /**
   * A Secret with a role's name and password. The agent's pod mounts it; the operator never reads
   * it.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record AuthSecretRef(
      @JsonPropertyDescription("Name of the Secret.")
          @Required
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
          String name,
      @JsonPropertyDescription("Its entry with the role's name.")
          @Default(AuthSecretRef.USERNAME)
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(value = Rules.KEY, message = Rules.KEY_MESSAGE)
          String usernameKey,
      @JsonPropertyDescription("Its entry with the password.")
          @Default(AuthSecretRef.PASSWORD)
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(value = Rules.KEY, message = Rules.KEY_MESSAGE)
          String passwordKey) {

    static final String USERNAME = "username";
    static final String PASSWORD = "password";

    public AuthSecretRef {
      usernameKey = requireNonNullElse(usernameKey, USERNAME);
      passwordKey = requireNonNullElse(passwordKey, PASSWORD);
    }
  }

  /** Encryption of the connection. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "!has(self.caRef) || self.mode.startsWith('verify-')",
      message = "caRef needs mode verify-ca or verify-full; the others check no certificate",
      fieldPath = ".caRef")
  public record Tls(
      @JsonPropertyDescription(
              "As libpq means it: disable, prefer (encrypted if the server can), require (encrypted,"
                  + " the certificate is not checked), verify-ca (checked), verify-full (checked, and"
                  + " the host's name with it).")
          @Default(Tls.MODE)
          TlsMode mode,
      @JsonPropertyDescription(
              "Certificates to trust, for verify-ca and verify-full. Default: the public"
                  + " authorities.")
          @Nullable CertificateRef caRef) {

    static final String MODE = "prefer";

    /** Encrypted if the server can. */
    public static final Tls DEFAULT = new Tls(TlsMode.of(MODE), null);

    public Tls {
      mode = requireNonNullElse(mode, TlsMode.of(MODE));
    }
  }

  /** Whether a connection is encrypted and the server's certificate checked, in libpq's words. */
  public enum TlsMode {
    DISABLE("disable"),
    PREFER("prefer"),
    REQUIRE("require"),
    VERIFY_CA("verify-ca"),
    VERIFY_FULL("verify-full"),
    @JsonIgnore
    Unrecognized("Unrecognized");

    private final String word;

    TlsMode(String word) {
      this.word = word;
    }

    @JsonCreator
    static TlsMode of(String text) {
      return Words.read(values(), text, Unrecognized);
    }

    @JsonValue
    @Override
    public String toString() {
      return word;
    }
  }
}
