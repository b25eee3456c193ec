package dev.pgbackup.crds.policy;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What is promised. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Objectives(
    @JsonPropertyDescription(
            "How much may be lost, as time: ArchivingHealthy is False when the archive has not had"
                + " everything for longer than this.")
        @Default(Objectives.RPO)
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        @ValidationRule(value = Rules.MORE_THAN_NOTHING, message = Rules.MORE_THAN_NOTHING_MESSAGE)
        String rpo,
    @JsonPropertyDescription(
            "How old the newest base backup may be: BackupFresh is False when it is older.")
        @Default(Objectives.MAX_BACKUP_AGE)
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        @ValidationRule(value = Rules.MORE_THAN_NOTHING, message = Rules.MORE_THAN_NOTHING_MESSAGE)
        String maxBackupAge) {

  static final String RPO = "60s";
  static final String MAX_BACKUP_AGE = "26h";

  /** A minute, and a day with some time for the backup itself. */
  public static final Objectives DEFAULT = new Objectives(RPO, MAX_BACKUP_AGE);

  public Objectives {
    rpo = requireNonNullElse(rpo, RPO);
    maxBackupAge = requireNonNullElse(maxBackupAge, MAX_BACKUP_AGE);
  }
}
