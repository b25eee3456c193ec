package dev.pgbackup.operator.swap.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.fakes.Manifests;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("C5 whose turn it is with a database")
class TurnTest {

  private static final PgRestore FIRST = Manifests.restore();

  private static PgRestore after(String phase) {
    return Manifests.read(
        Manifests.write(FIRST) + "status: {phase: " + phase + "}\n", PgRestore.class);
  }

  private final Lease lease = Turn.of(FIRST, Manifests.workload());

  @Test
  @DisplayName("it is named after the workload, and says who has it")
  void named() {
    assertThat(lease.getMetadata().getName()).isEqualTo("pgbackup-statefulset-master");
    assertThat(Turn.holder(lease)).isEqualTo("before-cc");
    assertThat(Turn.isOf(lease, FIRST)).isTrue();
  }

  @Test
  @DisplayName("it is kept as long as its restore is on its way")
  void kept() {
    assertThat(Turn.isOver(lease, FIRST)).isFalse();
    assertThat(Turn.isOver(lease, after("Fencing"))).isFalse();
  }

  @Test
  @DisplayName("it is over when its restore is done, gone, or another one of the same name")
  void over() {
    assertThat(Turn.isOver(lease, after("RolledBack"))).isTrue();
    assertThat(Turn.isOver(lease, null)).isTrue();
    PgRestore another = Manifests.restore();
    another.getMetadata().setUid("another");
    assertThat(Turn.isOver(lease, another)).isTrue();
    assertThat(Turn.isOf(Turn.handedTo(lease, another), another)).isTrue();
  }
}
