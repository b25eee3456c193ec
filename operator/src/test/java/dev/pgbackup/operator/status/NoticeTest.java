package dev.pgbackup.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Events of a resource")
class NoticeTest {

  private static List<Condition> conditions(Verdict... found) {
    return Conditions.of(null, List.of(found), 1L, Instant.parse("2026-11-22T14:00:00Z"));
  }

  private static List<Condition> restoring(String reason) {
    return conditions(
        Verdict.isFalse(ConditionType.Ready, reason, "It goes on."),
        Verdict.isTrue(ConditionType.Reconciling, reason, "It goes on."),
        Verdict.isFalse(ConditionType.Complete, reason, "It goes on."));
  }

  @Test
  @DisplayName("progress is none, and no warning")
  void progress() {
    assertThat(Notice.of(null, restoring("Planning"))).isEmpty();
    assertThat(Notice.of(restoring("Planning"), restoring("Replaying"))).isEmpty();
  }

  @Test
  @DisplayName("the end is one, good or bad, and told once")
  void end() {
    List<Condition> done =
        conditions(
            Verdict.isTrue(ConditionType.Ready, "Restored", "Done."),
            Verdict.isFalse(ConditionType.Reconciling, "Restored", "Done."),
            Verdict.isTrue(ConditionType.Complete, "Restored", "Done."));
    assertThat(Notice.of(restoring("Replaying"), done))
        .containsExactly(new Notice(false, "Restored", "Done."));
    assertThat(Notice.of(done, done)).isEmpty();
    List<Condition> failed =
        conditions(
            Verdict.isFalse(ConditionType.Reconciling, "NoSpace", "Full."),
            Verdict.isTrue(ConditionType.Stalled, "NoSpace", "Full."),
            Verdict.isTrue(ConditionType.Failed, "NoSpace", "Full."));
    assertThat(Notice.of(restoring("Replaying"), failed))
        .containsExactly(new Notice(true, "NoSpace", "Full."));
  }

  @Test
  @DisplayName("another cause of the same evil is one")
  void anotherReason() {
    assertThat(
            Notice.of(
                conditions(Verdict.isFalse(ConditionType.StorageReachable, "AccessDenied", "No.")),
                conditions(
                    Verdict.isFalse(ConditionType.StorageReachable, "NoSuchBucket", "Gone."))))
        .containsExactly(new Notice(true, "NoSuchBucket", "Gone."));
  }
}
