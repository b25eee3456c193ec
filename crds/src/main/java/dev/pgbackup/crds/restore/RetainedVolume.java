package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The volume that was replaced. It is kept until somebody deletes its claim, or sets a time. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RetainedVolume(
    @JsonPropertyDescription(
            "Name of the claim that keeps it. Default: the name of the database's claim, -before-, and"
                + " the name of the PgRestore.")
        @Nullable
        @Size(min = 1, max = Rules.NAME_LENGTH)
        @ValidationRule(
            value = Rules.NAME,
            message = "must be the name of a claim: small letters, digits, '-' and '.'")
        String claimName,
    @JsonPropertyDescription(
            "How long it is kept after the swap, such as 7d; then its claim and its volume are deleted,"
                + " and there is no way back. May be set, changed and removed at any time. Default: for"
                + " ever.")
        @Nullable
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        String ttl) {

  /** The part of it that cannot change; nothing if there is none. */
  @Nullable RetainedVolume essence() {
    return claimName == null ? null : new RetainedVolume(claimName, null);
  }
}
