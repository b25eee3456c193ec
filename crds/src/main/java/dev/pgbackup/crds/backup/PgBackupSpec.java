package dev.pgbackup.crds.backup;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.PolicyRef;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** Which database is backed up. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PgBackupSpec(
    @JsonPropertyDescription("The policy whose database is backed up. Cannot be changed.")
        @Required
        @ValidationRule(
            value = "self == oldSelf",
            message = "policyRef cannot be changed: a PgBackup is one backup. Create another one.")
        PolicyRef policyRef) {}
