package dev.pgbackup.crds.restore;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import dev.pgbackup.crds.common.Words;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What is restored, up to where, and into what. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value = "self == oldSelf",
    message =
        "spec cannot be changed: a PgRestore is done once. Create another one, with another name.")
@ValidationRule(
    value = "!has(self.source.storage) || has(self.postgres)",
    message = "postgres.image is needed with source.storage: no policy says which image can replay",
    fieldPath = ".source")
@ValidationRule(
    value = "!has(self.source.storage) || has(self.volume.size)",
    message = "volume.size is needed with source.storage: there is no volume to take it from",
    fieldPath = ".source")
public record PgRestoreSpec(
    @JsonPropertyDescription("Where it is restored from. Exactly one of its fields.") @Required
        Source source,
    @JsonPropertyDescription(
            "The base backup to begin with, by one of its fields. Default: the newest one from which"
                + " the target can be reached.")
        @Nullable BackupChoice backup,
    @JsonPropertyDescription(
            "Number of the timeline on which the target is looked for. Default: the branch that the"
                + " server was last on.")
        @Nullable
        @Min(1)
        @Max(Integer.MAX_VALUE)
        Long timeline,
    @JsonPropertyDescription("Where recovery stops. Exactly one of its fields, and inclusive.")
        @Required
        RestoreTarget target,
    @JsonPropertyDescription("Whether only the plan is made: nothing is created.") @Default("false")
        boolean dryRun,
    @JsonPropertyDescription(
            "What the restored database becomes. Volume: a new volume with its data directory, cleanly"
                + " shut down.")
        @Default(PgRestoreSpec.MODE)
        Mode mode,
    @JsonPropertyDescription("The new volume.") @Default("{}") VolumeClaim volume,
    @JsonPropertyDescription(
            "The PostgreSQL that replays. Default: as the workload of the policy runs it; needed with"
                + " source.storage.")
        @Nullable Postgres postgres,
    @JsonPropertyDescription("The Job that does the work.") @Default("{}") Job job) {

  static final String MODE = "Volume";

  public PgRestoreSpec {
    mode = requireNonNullElse(mode, Mode.of(MODE));
    volume = requireNonNullElse(volume, VolumeClaim.DEFAULT);
    job = requireNonNullElse(job, Job.DEFAULT);
  }

  /** What a restored database becomes. */
  public enum Mode {
    Volume,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static Mode of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }

  /** Names a base backup. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "[has(self.name), has(self.backupId)].exists_one(x, x)",
      message = "exactly one of name and backupId must be given")
  public record BackupChoice(
      @JsonPropertyDescription("Name of a PgBackup of the policy.")
          @Nullable
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
          String name,
      @JsonPropertyDescription("Id of the backup in the archive.")
          @Nullable
          @Size(min = 1, max = 128)
          @ValidationRule(
              value = "self.matches('^[A-Za-z0-9._-]+$')",
              message = "must be the id of a backup, as status.backupId of a PgBackup shows it")
          String backupId) {}

  /** The PostgreSQL that replays. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Postgres(
      @JsonPropertyDescription(
              "Image with PostgreSQL of the major version that was backed up, and its extensions: the"
                  + " one that will run on the volume.")
          @Required
          @Size(min = 1, max = 1024)
          @ValidationRule(
              value = "self.matches('^[^ ]+$')",
              message = "must be the name of an image, such as postgres:17")
          String image,
      @JsonPropertyDescription(
              "User id (a number) that PostgreSQL runs as. Default: the workload's, else asked of the"
                  + " image.")
          @Nullable
          @Min(1)
          Long runAsUser,
      @JsonPropertyDescription(
              "Folder within the volume that becomes the data directory, such as pgdata. Default: the"
                  + " one of the workload, else the volume's root.")
          @Nullable
          @Size(max = 1024)
          @ValidationRule(
              value =
                  "self == '' || self.split('/').all(part, part != '' && part != '.' && part !="
                      + " '..')",
              message =
                  "must be a path within the volume without a slash at its begin or end, or empty for"
                      + " the volume's root")
          String dataPath) {}
}
