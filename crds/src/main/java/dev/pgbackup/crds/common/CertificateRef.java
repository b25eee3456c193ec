package dev.pgbackup.crds.common;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Names an entry with certificates (PEM) of a Secret or ConfigMap of the same namespace. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record CertificateRef(
    @JsonPropertyDescription("What holds the certificates: a Secret or a ConfigMap.")
        @Default(CertificateRef.KIND)
        Kind kind,
    @JsonPropertyDescription("Name of the Secret or ConfigMap.")
        @Required
        @Size(min = 1, max = Rules.NAME_LENGTH)
        @ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
        String name,
    @JsonPropertyDescription("Its entry with the certificates, PEM.")
        @Default(CertificateRef.KEY)
        @Size(min = 1, max = Rules.NAME_LENGTH)
        @ValidationRule(value = Rules.KEY, message = Rules.KEY_MESSAGE)
        String key) {

  static final String KIND = "Secret";
  static final String KEY = "ca.crt";

  public CertificateRef {
    kind = requireNonNullElse(kind, Kind.of(KIND));
    key = requireNonNullElse(key, KEY);
  }

  /** What may hold certificates. */
  public enum Kind {
    Secret,
    ConfigMap,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static Kind of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }
}
