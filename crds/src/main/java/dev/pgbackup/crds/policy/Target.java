package dev.pgbackup.crds.policy;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import dev.pgbackup.crds.common.Words;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL that is backed up. All but the workload is found out, or else asked for by name.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Target(
    @JsonPropertyDescription("The workload whose pod runs PostgreSQL.") @Required
        WorkloadRef workloadRef,
    @JsonPropertyDescription(
            "Name of the container that runs PostgreSQL. Default: the one that looks like it, by"
                + " image, port and environment.")
        @Nullable
        @Size(min = 1, max = 63)
        @ValidationRule(
            value = "self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')",
            message = "must be the name of a container of the workload")
        String container,
    @JsonPropertyDescription(
            "Where the data directory lies. Default: asked of the server, and the volume that is"
                + " mounted there.")
        @Nullable DataVolume dataVolume,
    @JsonPropertyDescription(
            "User id (a number) that PostgreSQL runs as. Default: the workload's securityContext,"
                + " else asked of the image.")
        @Nullable
        @Min(1)
        Long runAsUser) {

  /** A workload of the same namespace. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "self.apiVersion == 'apps/v1'",
      message = "apiVersion must be apps/v1",
      fieldPath = ".apiVersion")
  public record WorkloadRef(
      @JsonPropertyDescription("API of the workload; apps/v1 is the only one.")
          @Default(WorkloadRef.API_VERSION)
          @Size(max = 64)
          String apiVersion,
      @JsonPropertyDescription("Kind of the workload.") @Required WorkloadKind kind,
      @JsonPropertyDescription("Name of the workload.")
          @Required
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
          String name) {

    static final String API_VERSION = "apps/v1";

    public WorkloadRef {
      apiVersion = requireNonNullElse(apiVersion, API_VERSION);
    }
  }

  /** Kinds of workload that can be backed up. */
  public enum WorkloadKind {
    StatefulSet,
    Deployment,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static WorkloadKind of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }

  /** Where the data directory lies. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record DataVolume(
      @JsonPropertyDescription(
              "Name of the pod's volume, or of the StatefulSet's volumeClaimTemplate. Default: the"
                  + " one whose mount holds the data directory.")
          @Nullable
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(
              value = Rules.NAME,
              message = "must be the name of a volume of the workload's pods")
          String name,
      @JsonPropertyDescription(
              "Path of the data directory in the container, as PGDATA says it. Default: asked of the"
                  + " server.")
          @Nullable
          @Size(min = 1, max = 1024)
          @ValidationRule(
              value = "self.startsWith('/')",
              message = "must be an absolute path, such as /var/lib/postgresql/data")
          String pgdata) {}
}
