package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The volume that was replaced. It is kept until somebody deletes its claim. */
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
        String claimName) {}
