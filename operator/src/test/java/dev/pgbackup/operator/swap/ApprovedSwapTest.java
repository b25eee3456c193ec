package dev.pgbackup.operator.swap;

import static dev.pgbackup.operator.fakes.SwapUnderTest.OLD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.http.Endpoints;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.fakes.SwapUnderTest;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@DisplayName("A swap that has to be approved")
class ApprovedSwapTest {

  private static final String RESTORE = "before-cc";
  private static final String UNDO = "undo-before-cc";

  KubernetesClient client;
  KubernetesMockServer server;
  private SwapUnderTest swap;

  @BeforeEach
  void start() {
    swap = new SwapUnderTest(client, server);
    swap.rights(true);
  }

  @AfterEach
  void stop() {
    swap.close();
  }

  private static boolean waits(PgRestore restore) {
    return restore.getStatus() != null
        && restore.getStatus().phase() == RestorePhase.AwaitingApproval;
  }

  private void edit(String name, String text, String by) {
    PgRestore before = swap.operator().restore(name);
    assertThat(Manifests.write(before)).contains(text);
    client
        .resource(Manifests.read(Manifests.write(before).replace(text, by), PgRestore.class))
        .update();
  }

  private void undo() {
    swap.restoreVolume(RESTORE);
    swap.goOn(RESTORE);
    PgRestore undo =
        Manifests.read(
            Manifests.write(SwapUnderTest.undoOf(RESTORE))
                .replace("approval: \"Automatic\"", "approval: \"Manual\""),
            PgRestore.class);
    assertThat(undo.getSpec().review().isManual()).isTrue();
    swap.operator().createRestore(undo);
  }

  @Test
  @DisplayName("waits, right before the database would be touched, and goes on when it is approved")
  void approved() {
    undo();
    int prepared = swap.operator().agent().calls("POST", Endpoints.PREPARE_SWAP).size();
    PgRestore waiting = swap.goOnUntil(UNDO, ApprovedSwapTest::waits);
    assertThat(waiting.getStatus().message()).contains("\"approved\":true", "\"abort\":true");
    assertThat(waiting.getStatus().swap()).isNull();
    for (int i = 0; i < 3; i++) {
      assertThat(waits(swap.pass(UNDO))).isTrue();
    }
    assertThat(swap.operator().agent().calls("POST", Endpoints.PREPARE_SWAP)).hasSize(prepared);
    assertThat(swap.volumesNow()).anySatisfy(v -> assertThat(v).startsWith(OLD).contains("before"));

    edit(UNDO, "approved: false", "approved: true");
    PgRestore done = swap.goOn(UNDO);
    assertThat(done.getStatus().phase()).isEqualTo(RestorePhase.Succeeded);
    assertThat(Conditions.isTrue(done.getStatus().conditions(), ConditionType.Approved)).isTrue();
    assertThat(swap.volumesNow())
        .anySatisfy(v -> assertThat(v).startsWith(OLD + " Bound data-master-0 "));
  }

  @Test
  @DisplayName("is given up while it waits, and the database keeps its volume")
  void aborted() {
    undo();
    swap.goOnUntil(UNDO, ApprovedSwapTest::waits);
    edit(UNDO, "abort: false", "abort: true");
    assertThat(swap.goOn(UNDO).getStatus().phase()).isEqualTo(RestorePhase.Aborted);
    assertThat(swap.volumesNow()).anySatisfy(v -> assertThat(v).startsWith(OLD).contains("before"));
    assertThat(client.leases().inNamespace("shop").list().getItems()).isEmpty();
  }
}
