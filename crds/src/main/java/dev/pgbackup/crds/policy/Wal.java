package dev.pgbackup.crds.policy;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Rules;
import dev.pgbackup.crds.common.Words;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How the write-ahead log gets into the archive. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value =
        "has(self.slotName) == has(oldSelf.slotName)"
            + " && (!has(self.slotName) || self.slotName == oldSelf.slotName)",
    message =
        "slotName cannot be changed: the old slot would hold back WAL on the server for ever. Create"
            + " another policy.",
    fieldPath = ".slotName")
public record Wal(
    @JsonPropertyDescription(
            "Name of the replication slot. Cannot be changed. Default: pgbackup_ and the name of the"
                + " policy, with _ for - and '.'.")
        @Nullable
        @Size(min = 1, max = 63)
        @ValidationRule(
            value = "self.matches('^[a-z0-9_]+$')",
            message = "must be small letters, digits and '_', as PostgreSQL wants it")
        String slotName,
    @JsonPropertyDescription(
            "By which way WAL is read: Auto takes the best one that the server admits; Sql uses"
                + " ordinary connections, which need no replication entry in pg_hba.conf.")
        @Default(Wal.TRANSPORT)
        Transport transport,
    @JsonPropertyDescription(
            "How often the growing segment is uploaded while WAL is written: what can be lost on an"
                + " otherwise healthy day.")
        @Default(Wal.FLUSH_INTERVAL)
        @Size(max = Rules.SHORT)
        @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
        @ValidationRule(value = Rules.MORE_THAN_NOTHING, message = Rules.MORE_THAN_NOTHING_MESSAGE)
        String flushInterval,
    @JsonPropertyDescription("How much WAL the slot may hold back on the server.") @Default("{}")
        RetainedWal retainedWal) {

  static final String TRANSPORT = "Auto";
  static final String FLUSH_INTERVAL = "5s";

  /** A slot named after the policy. */
  public static final Wal DEFAULT =
      new Wal(null, Transport.of(TRANSPORT), FLUSH_INTERVAL, RetainedWal.DEFAULT);

  public Wal {
    transport = requireNonNullElse(transport, Transport.of(TRANSPORT));
    flushInterval = requireNonNullElse(flushInterval, FLUSH_INTERVAL);
    retainedWal = requireNonNullElse(retainedWal, RetainedWal.DEFAULT);
  }

  /** By which way WAL is read. */
  public enum Transport {
    Auto,
    Sql,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static Transport of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }

  /** Limits of what the slot holds back. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "quantity(self.warnAt).compareTo(quantity(self.limit)) <= 0",
      message = "warnAt must not be more than limit",
      fieldPath = ".warnAt")
  public record RetainedWal(
      @JsonPropertyDescription("Bytes of WAL from which the state is AtRisk.")
          @Default(RetainedWal.WARN_AT)
          @Size(max = Rules.SHORT)
          @ValidationRule(value = Rules.SIZE, message = Rules.SIZE_MESSAGE)
          @ValidationRule(
              value = Rules.MORE_THAN_NOTHING,
              message = Rules.MORE_THAN_NOTHING_MESSAGE)
          String warnAt,
      @JsonPropertyDescription("Bytes of WAL at which onLimit happens.")
          @Default(RetainedWal.LIMIT)
          @Size(max = Rules.SHORT)
          @ValidationRule(value = Rules.SIZE, message = Rules.SIZE_MESSAGE)
          String limit,
      @JsonPropertyDescription(
              "What happens at the limit. Alert: the slot stays, and a condition says so. DropSlot:"
                  + " the slot is dropped before the server's disk is full; the recovery window gets a"
                  + " gap, and a base backup is taken.")
          @Default(RetainedWal.ON_LIMIT)
          OnLimit onLimit) {

    static final String WARN_AT = "4Gi";
    static final String LIMIT = "16Gi";
    static final String ON_LIMIT = "Alert";

    /** A warning, and an alarm, and nothing that loses WAL. */
    public static final RetainedWal DEFAULT = new RetainedWal(WARN_AT, LIMIT, OnLimit.of(ON_LIMIT));

    public RetainedWal {
      warnAt = requireNonNullElse(warnAt, WARN_AT);
      limit = requireNonNullElse(limit, LIMIT);
      onLimit = requireNonNullElse(onLimit, OnLimit.of(ON_LIMIT));
    }
  }

  /** What happens when the slot holds back too much. */
  public enum OnLimit {
    Alert,
    DropSlot,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static OnLimit of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }
}
