package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import dev.pgbackup.crds.common.Words;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The claim of the new volume. What is not given is taken from the claim of the policy's database.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record VolumeClaim(
    @JsonPropertyDescription(
            "Name of the PersistentVolumeClaim that is created. Default: the name of the PgRestore.")
        @Nullable
        @Size(min = 1, max = Rules.NAME_LENGTH)
        @ValidationRule(
            value = Rules.NAME,
            message = "must be the name of a claim: small letters, digits, '-' and '.'")
        String claimName,
    @JsonPropertyDescription(
            "Storage class of the volume. Default: that of the database's claim, else the cluster's.")
        @Nullable
        @Size(min = 1, max = Rules.NAME_LENGTH)
        @ValidationRule(
            value = Rules.NAME,
            message = "must be the name of a storage class: small letters, digits, '-' and '.'")
        String storageClassName,
    @JsonPropertyDescription(
            "Size of the volume in bytes, such as 20Gi. Default: that of the database's volume; needed"
                + " with source.storage.")
        @Nullable
        @Size(min = 1, max = Rules.SHORT)
        @ValidationRule(value = Rules.SIZE, message = Rules.SIZE_MESSAGE)
        String size,
    @JsonPropertyDescription(
            "How the volume can be mounted. Default: as the database's claim says, else"
                + " ReadWriteOnce.")
        @Nullable
        @Size(min = 1, max = 3)
        List<AccessMode> accessModes) {

  /** As the claim of the policy's database. */
  public static final VolumeClaim DEFAULT = new VolumeClaim(null, null, null, null);

  /** How a volume can be mounted; one that PostgreSQL can write to. */
  public enum AccessMode {
    ReadWriteOnce,
    ReadWriteOncePod,
    ReadWriteMany,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static AccessMode of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }
}
