package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far a swap is, and what it is about. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record SwapStatus(
    @JsonPropertyDescription("The step that is being taken.") @Nullable SwapStep step,
    @JsonPropertyDescription("Name of the policy whose database it is.") @Nullable String policy,
    @JsonPropertyDescription("Folder within the volumes that is the data directory.")
        @Nullable String dataPath,
    @JsonPropertyDescription("Name of the database's claim.") @Nullable String claim,
    @JsonPropertyDescription("Volume that the database ran on before.") @Nullable String oldPv,
    @JsonPropertyDescription("Volume that takes its place.") @Nullable String newPv,
    @JsonPropertyDescription("Claim that keeps the old volume.") @Nullable String retainedClaim,
    @JsonPropertyDescription(
            "Whether the old volume is put back, because the database did not start on the new one.")
        @Nullable Boolean rollingBack,
    @JsonPropertyDescription("Volume of others that was bound instead, and is kept, too.")
        @Nullable String foreignPv,
    @JsonPropertyDescription("When the database was stopped for it, in UTC.")
        @Nullable Instant fencedAt,
    @JsonPropertyDescription("When the database was ready again, in UTC.")
        @Nullable Instant availableAt,
    @JsonPropertyDescription("Seconds between the two.") @Nullable Long downtimeSeconds,
    @JsonPropertyDescription(
            "What the database had beside its rows, and has no more until an undo.")
        @Nullable List<String> warnings,
    @JsonPropertyDescription("How far the branch that was left is in the archive.")
        @Nullable OldBranch oldBranch,
    @JsonPropertyDescription(
            "When the old volume and its claim are deleted, in UTC; absent: never, unless somebody does.")
        @Nullable Instant expiresAt) {

  /** Where a branch ends that the database was on before. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record OldBranch(
      @JsonPropertyDescription("Its timeline.") @Nullable Long timeline,
      @JsonPropertyDescription(
              "Position behind its last record: everything before it is in the archive.")
          @JsonProperty("endLSN")
          @Nullable String endLsn,
      @JsonPropertyDescription(
              "Whether the server was shut down in order; else it recovers when its volume is used again.")
          @Nullable Boolean shutDown) {}

  /**
   * Of a swap that begins.
   *
   * @param coming volume that takes the place of the leaving one
   * @param retainedClaim that is to keep the leaving one
   */
  public static SwapStatus of(
      String policy,
      String dataPath,
      String claim,
      String leaving,
      String coming,
      String retainedClaim) {
    return new SwapStatus(
        SwapStep.Preparing,
        policy,
        dataPath,
        claim,
        leaving,
        coming,
        retainedClaim,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** The same at another step. */
  public SwapStatus at(SwapStep next) {
    return with(
        next, rollingBack, foreignPv, new Times(fencedAt, availableAt), warnings, oldBranch);
  }

  /** The same, its database being stopped. */
  public SwapStatus fenced(Instant at) {
    Times times = new Times(fencedAt == null ? at : fencedAt, null);
    return with(step, rollingBack, foreignPv, times, warnings, oldBranch);
  }

  /** The same, its database being ready again. */
  public SwapStatus available(Instant at) {
    return with(step, rollingBack, foreignPv, new Times(fencedAt, at), warnings, oldBranch);
  }

  /** The same, with what the database loses by it. */
  public SwapStatus warned(List<String> losses) {
    return with(step, rollingBack, foreignPv, new Times(fencedAt, availableAt), losses, oldBranch);
  }

  /** The same, with the end of the branch that was left. */
  public SwapStatus left(OldBranch branch) {
    return with(step, rollingBack, foreignPv, new Times(fencedAt, availableAt), warnings, branch);
  }

  /**
   * The same on its way back.
   *
   * @param foreign the volume that was bound instead of the new one
   */
  public SwapStatus back(@Nullable String foreign) {
    Times times = new Times(fencedAt, null);
    return with(SwapStep.Protecting, true, foreign, times, null, null);
  }

  private record Times(@Nullable Instant fenced, @Nullable Instant available) {

    @Nullable Long seconds() {
      return fenced == null || available == null
          ? null
          : Math.max(0, Duration.between(fenced, available).toSeconds());
    }
  }

  private SwapStatus with(
      @Nullable SwapStep step,
      @Nullable Boolean rollingBack,
      @Nullable String foreignPv,
      Times times,
      @Nullable List<String> warnings,
      @Nullable OldBranch oldBranch) {
    return new SwapStatus(
        step,
        policy,
        dataPath,
        claim,
        oldPv,
        newPv,
        retainedClaim,
        rollingBack,
        foreignPv,
        times.fenced(),
        times.available(),
        times.seconds(),
        warnings,
        oldBranch,
        expiresAt);
  }

  /** The same, its old volume being kept up to that time; nothing: for ever. */
  public SwapStatus expiring(@Nullable Instant at) {
    return new SwapStatus(
        step,
        policy,
        dataPath,
        claim,
        oldPv,
        newPv,
        retainedClaim,
        rollingBack,
        foreignPv,
        fencedAt,
        availableAt,
        downtimeSeconds,
        warnings,
        oldBranch,
        at);
  }
}
