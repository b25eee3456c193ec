package dev.pgbackup.operator.swap;

import static dev.pgbackup.operator.fakes.FakeVolumes.CLAIM;
import static dev.pgbackup.operator.fakes.SwapUnderTest.OLD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.crds.restore.SwapStep;
import dev.pgbackup.operator.fakes.SwapUnderTest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * One swap after another on the same database, in each of which the operator is killed some writes
 * later than in the one before, until one comes through: after none is anything else left than
 * after that. With {@code -Dpgbackup.kills.every=1} each write is followed by a kill, else every so
 * many, from a random one on; {@code -Dpgbackup.seed} says from which.
 */
@EnableKubernetesMockClient(crud = true)
@DisplayName("C8 a swap whose operator is killed after any of its writes")
class KilledSwapTest {

  /** More writes than any swap has. */
  private static final int ALL = 60;

  private static final int EVERY = Integer.getInteger("pgbackup.kills.every", 5);
  private static final long SEED = Long.getLong("pgbackup.seed", System.nanoTime() % 1_000_000_000);
  private static final int FIRST = (int) (SEED % EVERY);

  KubernetesClient client;
  KubernetesMockServer server;
  private SwapUnderTest swap;

  @BeforeEach
  void start() {
    System.out.printf("-Dpgbackup.seed=%d -Dpgbackup.kills.every=%d%n", SEED, EVERY);
    swap = new SwapUnderTest(client, server);
    swap.rights(true);
  }

  @AfterEach
  void stop() {
    swap.close();
  }

  private static String keptBy(String restore) {
    return CLAIM + "-before-" + restore;
  }

  private void assertEnded(String restore, int writes, RestorePhase phase, String... volumes) {
    PgRestore done = swap.operator().restore(restore);
    String when = "killed after %d writes: %s".formatted(writes, done.getStatus().message());
    assertThat(done.getStatus().phase()).as(when).isEqualTo(phase);
    assertThat(swap.volumesNow()).as(when).containsExactlyInAnyOrder(volumes);
    assertThat(done.getMetadata().getFinalizers()).as(when).isEmpty();
    assertThat(client.leases().inNamespace("shop").list().getItems()).as(when).isEmpty();
  }

  private String newVolume(String restore) {
    return swap.operator().restore(restore).getStatus().swap().newPv();
  }

  @Test
  @DisplayName("ends in the same place, and so does its undoing")
  void swapped() {
    boolean killed = true;
    int writes = FIRST;
    for (; killed && writes < ALL; writes += EVERY) {
      String name = "swap-" + writes;
      swap.restoreVolume(name);
      killed = swap.goOnAndDieAfter(writes, name);
      String volume = newVolume(name);
      assertEnded(
          name,
          writes,
          RestorePhase.Succeeded,
          volume + " Bound " + CLAIM + " Delete",
          OLD + " Bound " + keptBy(name) + " Retain protected");

      PgRestore undo = SwapUnderTest.undoOf(name);
      String undoing = undo.getMetadata().getName();
      swap.operator().createRestore(undo);
      killed |= swap.goOnAndDieAfter(writes, undoing);
      assertEnded(
          undoing,
          writes,
          RestorePhase.Succeeded,
          OLD + " Bound " + CLAIM + " Delete",
          volume + " Bound " + keptBy(undoing) + " Retain protected");
      swap.forget(keptBy(undoing));
    }
    assertThat(writes).isGreaterThan(20).isLessThan(ALL);
  }

  @Test
  @DisplayName("ends in the same place while it is on its way back")
  void rolledBack() {
    boolean killed = true;
    int writes = FIRST;
    for (; killed && writes < ALL; writes += EVERY) {
      String name = "swap-" + writes;
      swap.restoreVolume(name);
      swap.volumes().starts(false);
      swap.goOnTo(name, SwapStep.Verifying);
      swap.operator().clock().advance(Duration.ofMinutes(11));
      swap.volumes().starts(true);
      killed = swap.goOnAndDieAfter(writes, name);
      assertEnded(
          name,
          writes,
          RestorePhase.RolledBack,
          OLD + " Bound " + CLAIM + " Delete",
          newVolume(name) + " Bound " + name + " Delete");
      client.persistentVolumeClaims().inNamespace("shop").withName(name).delete();
      swap.volumes().settle();
    }
    assertThat(writes).isGreaterThan(10).isLessThan(ALL);
  }
}
