package dev.pgbackup.crds.restore;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Where recovery stops. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value =
        "[has(self.xid), has(self.time), has(self.lsn), has(self.name), has(self.immediate),"
            + " has(self.latest)].exists_one(x, x)",
    message = "exactly one of xid, time, lsn, name, immediate and latest must be given")
@ValidationRule(
    value = "self.inclusive || has(self.xid) || has(self.time) || has(self.lsn)",
    message = "inclusive can be false for xid, time and lsn only, as in PostgreSQL",
    fieldPath = ".inclusive")
public record RestoreTarget(
    @JsonPropertyDescription(
            "Id of a transaction, in quotes: with its epoch, as txid_current() prints it, or its lower"
                + " 32 bits, which mean the latest one with these.")
        @Nullable
        @Size(min = 1, max = 20)
        @ValidationRule(
            value = "self.matches('^[0-9]+$')",
            message = "must be the number of a transaction, in quotes: \"635\"")
        String xid,
    @JsonPropertyDescription(
            "A time with its offset from UTC, up to microseconds: the last moment before the first"
                + " transaction that ended later.")
        @Nullable
        @Size(min = 1, max = 40)
        @ValidationRule(
            value =
                "self.matches('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T "
                    + "]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
                    + " ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)$')",
            message =
                "must be date, time (up to microseconds) and the offset from UTC:"
                    + " 2026-11-22T14:03:07.123456Z or 2026-11-22 15:03:07+01:00")
        String time,
    @JsonPropertyDescription(
            "A position in the WAL, as PostgreSQL prints it, such as 0/9A000060: the first record that"
                + " begins there or behind it.")
        @Nullable
        @Size(min = 3, max = 17)
        @ValidationRule(
            value = "self.matches('^[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}$')",
            message = "must be a position as PostgreSQL prints it, such as 0/9A000060")
        String lsn,
    @JsonPropertyDescription("Name of a restore point, made by pg_create_restore_point().")
        @Nullable
        @Size(min = 1, max = 63)
        String name,
    @JsonPropertyDescription("As soon as the base backup is consistent; written as {}.")
        @Nullable Immediate immediate,
    @JsonPropertyDescription("Everything that is in the archive; written as {}.")
        @Nullable Latest latest,
    @JsonPropertyDescription(
            "Whether the transaction, time or position that is named is part of what is restored, or"
                + " the first thing that is not.")
        @Default("true")
        Boolean inclusive) {

  public RestoreTarget {
    inclusive = requireNonNullElse(inclusive, true);
  }

  /** The end of the base backup: nothing more to be said. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Immediate() {}

  /** The end of the archive: nothing more to be said. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Latest() {}
}
