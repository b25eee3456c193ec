package dev.pgbackup.crds.restore;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.Words;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has to be looked at before a restored database is made final. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value = "!self.pauseAtTarget || self.approval == 'Manual'",
    message = "pauseAtTarget needs approval Manual: else nobody would have time to look",
    fieldPath = ".pauseAtTarget")
public record Review(
    @JsonPropertyDescription(
            "Whether PostgreSQL waits at the target, read only, until it is approved: only then it is"
                + " promoted. It can be asked meanwhile; status.message says how.")
        @Default("false")
        boolean pauseAtTarget,
    @JsonPropertyDescription(
            "Questions that are asked at the target. If one does not pass, the restore ends there, before"
                + " anything is promoted or swapped.")
        @Nullable
        @Size(max = 20)
        List<Check> checks,
    @JsonPropertyDescription(
            "Who says that it goes on. Automatic: nobody is asked. Manual: somebody, by setting approved;"
                + " with pauseAtTarget before the promotion, else before the database is stopped for the"
                + " swap.")
        @Default(Review.APPROVAL)
        Approval approval) {

  static final String APPROVAL = "Automatic";

  /** Nothing is looked at. */
  public static final Review DEFAULT = new Review(false, null, Approval.of(APPROVAL));

  public Review {
    approval = requireNonNullElse(approval, Approval.of(APPROVAL));
    checks = checks == null ? null : List.copyOf(checks);
  }

  /** Whether somebody has to say that it goes on. */
  @JsonIgnore
  public boolean isManual() {
    return approval == Approval.Manual;
  }

  /** Whether there are questions. */
  @JsonIgnore
  public boolean hasChecks() {
    return checks != null && !checks.isEmpty();
  }

  /** A question to the restored database. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Check(
      @JsonPropertyDescription("Name of it, for people.")
          @Required
          @Size(min = 1, max = 63)
          @ValidationRule(
              value = "self.matches('^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?$')",
              message =
                  "must be letters, digits, spaces, '.', '_' and '-', such as orders-not-empty")
          String name,
      @JsonPropertyDescription(
              "One query, which can read everything and change nothing. It passes by returning exactly"
                  + " one row with one column that is true, within a minute.")
          @Required
          @Size(min = 1, max = 4096)
          String sql,
      @JsonPropertyDescription("Database in which it is asked. Default: postgres.")
          @Nullable
          @Size(min = 1, max = 63)
          String database) {}

  /** Who says that a restore goes on. */
  public enum Approval {
    Automatic,
    Manual,
    @JsonIgnore
    Unrecognized;

    @JsonCreator
    static Approval of(String text) {
      return Words.read(values(), text, Unrecognized);
    }
  }
}
