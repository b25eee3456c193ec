package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Duration;
import java.time.Instant;
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
    @JsonPropertyDescription("Seconds between the two.") @Nullable Long downtimeSeconds) {

  /** The same at another step. */
  public SwapStatus at(SwapStep next) {
    return new SwapStatus(
        next,
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
        downtimeSeconds);
  }

  /** The same, its database being stopped. */
  public SwapStatus fenced(Instant at) {
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
        fencedAt == null ? at : fencedAt,
        null,
        null);
  }

  /** The same, its database being ready again. */
  public SwapStatus available(Instant at) {
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
        at,
        fencedAt == null ? null : Math.max(0, Duration.between(fencedAt, at).toSeconds()));
  }

  /**
   * The same on its way back.
   *
   * @param foreign the volume that was bound instead of the new one
   */
  public SwapStatus back(@Nullable String foreign) {
    return new SwapStatus(
        SwapStep.Protecting,
        policy,
        dataPath,
        claim,
        oldPv,
        newPv,
        retainedClaim,
        true,
        foreign,
        fencedAt,
        null,
        null);
  }
}
