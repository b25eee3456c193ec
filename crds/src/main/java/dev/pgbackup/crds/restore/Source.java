package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.PolicyRef;
import dev.pgbackup.crds.common.Rules;
import dev.pgbackup.crds.common.S3Storage;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Where a restore takes its data from. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value =
        "[has(self.policyRef), has(self.storage), has(self.retainedVolume)].exists_one(x, x)",
    message = "exactly one of policyRef, storage and retainedVolume must be given")
public record Source(
    @JsonPropertyDescription("The policy whose archive it is.") @Nullable PolicyRef policyRef,
    @JsonPropertyDescription(
            "An archive without a policy: into an empty cluster, or another namespace.")
        @Nullable ArchiveLocation storage,
    @JsonPropertyDescription(
            "A volume that a swap has replaced: it is put back as it is, which undoes that swap.")
        @Nullable RetainedVolumeSource retainedVolume) {

  /** Names a volume that a swap has replaced. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "[has(self.restoreRef), has(self.claimName)].exists_one(x, x)",
      message = "exactly one of restoreRef and claimName must be given")
  public record RetainedVolumeSource(
      @JsonPropertyDescription("The restore that replaced it.") @Nullable RestoreRef restoreRef,
      @JsonPropertyDescription(
              "The claim that keeps it, where there is no object of that restore any more. Default: the"
                  + " one of restoreRef.")
          @Nullable
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(
              value = Rules.NAME,
              message = "must be the name of a claim: small letters, digits, '-' and '.'")
          String claimName) {}

  /** Names a {@code PgRestore} of the same namespace. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RestoreRef(
      @JsonPropertyDescription("Name of the PgRestore.")
          @Required
          @Size(min = 1, max = Rules.NAME_LENGTH)
          @ValidationRule(value = Rules.NAME, message = Rules.NAME_MESSAGE)
          String name) {}

  /** An archive in a bucket. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ArchiveLocation(
      @JsonPropertyDescription("A bucket behind the S3 API.") @Required S3Storage s3,
      @JsonPropertyDescription(
              "Name of the archive in the bucket, as status.archiveId of a policy shows it. Default:"
                  + " the only one that is there.")
          @Nullable
          @Size(min = 1, max = 128)
          @ValidationRule(
              value = "self.matches('^[A-Za-z0-9._-]+$')",
              message = "must be the name of an archive, as status.archiveId of a policy shows it")
          String archiveId) {}
}
