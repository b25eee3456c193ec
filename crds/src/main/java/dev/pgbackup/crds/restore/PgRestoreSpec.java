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
    value = PgRestoreSpec.UNCHANGED,
    message =
        "spec cannot be changed, but for approved, abort and retainedVolume.ttl: a PgRestore is done"
            + " once. Create another one, with another name.")
@ValidationRule(
    value = "has(self.target) != has(self.source.retainedVolume)",
    message =
        "target is needed, except with source.retainedVolume: a retained volume is put back as it is",
    fieldPath = ".target")
@ValidationRule(
    value = "!has(self.source.retainedVolume) || self.mode == 'Swap'",
    message =
        "mode must be Swap with source.retainedVolume: it is put back in the database's place",
    fieldPath = ".mode")
@ValidationRule(
    value = "self.mode != 'Swap' || !has(self.source.storage)",
    message = "mode Swap needs a policy: it says whose volume is swapped",
    fieldPath = ".mode")
@ValidationRule(
    value = "self.mode == 'Swap' || !has(self.retainedVolume)",
    message = "retainedVolume is for mode Swap: no other mode replaces a volume",
    fieldPath = ".retainedVolume")
@ValidationRule(
    value =
        "has(self.target) || !self.review.pauseAtTarget && (!has(self.review.checks) ||"
            + " size(self.review.checks) == 0)",
    message =
        "review has neither pauseAtTarget nor checks with source.retainedVolume: nothing is replayed",
    fieldPath = ".review")
@ValidationRule(
    value =
        "self.mode == 'Swap' || self.review.pauseAtTarget || self.review.approval == 'Automatic'",
    message =
        "approval Manual without pauseAtTarget is for mode Swap: nothing else is left to approve",
    fieldPath = ".review")
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
    @JsonPropertyDescription(
            "Where recovery stops. Exactly one of its fields, and inclusive. Absent with"
                + " source.retainedVolume.")
        @Nullable RestoreTarget target,
    @JsonPropertyDescription("Whether only the plan is made: nothing is created.") @Default("false")
        boolean dryRun,
    @JsonPropertyDescription(
            "What the restored database becomes. Volume: a new volume with its data directory, cleanly"
                + " shut down. Instance: a copy that runs on it, with a Service, to look into; it goes with"
                + " this object, and its volume, too. Swap: a volume as with Volume, which then takes the"
                + " place of the database's, which is kept.")
        @Default(PgRestoreSpec.MODE)
        Mode mode,
    @JsonPropertyDescription("The new volume.") @Default("{}") VolumeClaim volume,
    @JsonPropertyDescription(
            "The PostgreSQL that replays. Default: as the workload of the policy runs it; needed with"
                + " source.storage.")
        @Nullable Postgres postgres,
    @JsonPropertyDescription("The Job that does the work.") @Default("{}") Job job,
    @JsonPropertyDescription("What has to be looked at before it is made final.") @Default("{}")
        Review review,
    @JsonPropertyDescription("How volumes are swapped, in mode Swap.") @Default("{}") Swap swap,
    @JsonPropertyDescription("The volume that was replaced, in mode Swap.")
        @Nullable RetainedVolume retainedVolume,
    @JsonPropertyDescription("Has a restore go on that waits for it; see review.approval.")
        @Default("false")
        boolean approved,
    @JsonPropertyDescription(
            "Gives it up, as long as nothing is lost by it: obeyed until the database is stopped for the"
                + " swap. What was restored stays in its volume.")
        @Default("false")
        boolean abort) {

  static final String MODE = "Volume";

  /** What may change is not in it. */
  static final String UNCHANGED =
      "self.source == oldSelf.source"
          + " && has(self.backup) == has(oldSelf.backup)"
          + " && (!has(self.backup) || self.backup == oldSelf.backup)"
          + " && has(self.timeline) == has(oldSelf.timeline)"
          + " && (!has(self.timeline) || self.timeline == oldSelf.timeline)"
          + " && has(self.target) == has(oldSelf.target)"
          + " && (!has(self.target) || self.target == oldSelf.target)"
          + " && self.dryRun == oldSelf.dryRun && self.mode == oldSelf.mode"
          + " && self.volume == oldSelf.volume"
          + " && has(self.postgres) == has(oldSelf.postgres)"
          + " && (!has(self.postgres) || self.postgres == oldSelf.postgres)"
          + " && self.job == oldSelf.job && self.review == oldSelf.review"
          + " && self.swap == oldSelf.swap"
          + " && (has(self.retainedVolume) && has(self.retainedVolume.claimName)"
          + " ? self.retainedVolume.claimName : '')"
          + " == (has(oldSelf.retainedVolume) && has(oldSelf.retainedVolume.claimName)"
          + " ? oldSelf.retainedVolume.claimName : '')";

  public PgRestoreSpec {
    mode = requireNonNullElse(mode, Mode.of(MODE));
    volume = requireNonNullElse(volume, VolumeClaim.DEFAULT);
    job = requireNonNullElse(job, Job.DEFAULT);
    review = requireNonNullElse(review, Review.DEFAULT);
    swap = requireNonNullElse(swap, Swap.DEFAULT);
  }

  /** Whether it puts a volume into the place of the database's. */
  @JsonIgnore
  public boolean isSwap() {
    return mode == Mode.Swap;
  }

  /** Whether a copy of the database runs on what it restores, as long as its object is there. */
  @JsonIgnore
  public boolean isInstance() {
    return mode == Mode.Instance;
  }

  /**
   * The part of it that says what is restored, and cannot change: without what only says whether it
   * goes on.
   */
  @JsonIgnore
  public PgRestoreSpec essence() {
    return new PgRestoreSpec(
        source,
        backup,
        timeline,
        target,
        dryRun,
        mode,
        volume,
        postgres,
        job,
        review,
        swap,
        retainedVolume == null ? null : retainedVolume.essence(),
        false,
        false);
  }

  /** What a restored database becomes. */
  public enum Mode {
    Volume,
    Instance,
    Swap,
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
