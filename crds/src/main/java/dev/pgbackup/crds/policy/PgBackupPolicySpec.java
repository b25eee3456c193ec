package dev.pgbackup.crds.policy;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.S3Storage;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** What a policy asks for. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PgBackupPolicySpec(
    @JsonPropertyDescription(
            "Whether archiving, backups and retention stand still. The slot stays, and holds back WAL"
                + " on the server all the while.")
        @Default("false")
        boolean suspend,
    @JsonPropertyDescription("The PostgreSQL that is backed up. Cannot be changed.")
        @Required
        @ValidationRule(
            value = "self == oldSelf",
            message =
                "target cannot be changed: a policy belongs to one database. Create another policy"
                    + " for another one.")
        Target target,
    @JsonPropertyDescription(
            "How to connect to it. What is not given is found in the workload and its Service.")
        @Default("{}")
        Connection connection,
    @JsonPropertyDescription("Where the archive is.") @Required Storage storage,
    @JsonPropertyDescription("How the write-ahead log gets into the archive.") @Default("{}")
        Wal wal,
    @JsonPropertyDescription("When and how base backups are taken.") @Default("{}")
        BaseBackup baseBackup,
    @JsonPropertyDescription("What is kept, and for how long.") @Default("{}") Retention retention,
    @JsonPropertyDescription("What is promised; conditions and alerts are measured by it.")
        @Default("{}")
        Objectives objectives,
    @JsonPropertyDescription("The pod that does the work.") @Default("{}") Agent agent) {

  public PgBackupPolicySpec {
    connection = requireNonNullElse(connection, Connection.DEFAULT);
    wal = requireNonNullElse(wal, Wal.DEFAULT);
    baseBackup = requireNonNullElse(baseBackup, BaseBackup.DEFAULT);
    retention = requireNonNullElse(retention, Retention.DEFAULT);
    objectives = requireNonNullElse(objectives, Objectives.DEFAULT);
    agent = requireNonNullElse(agent, Agent.DEFAULT);
  }

  /** Where an archive is. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Storage(
      @JsonPropertyDescription("A bucket behind the S3 API.") @Required S3Storage s3) {}
}
