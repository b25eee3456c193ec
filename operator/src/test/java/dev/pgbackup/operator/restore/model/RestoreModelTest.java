package dev.pgbackup.operator.restore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.workload.DataVolume;
import dev.pgbackup.operator.workload.ProcessIdentity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The objects of a restore")
class RestoreModelTest {

  private static final long MIB = 1 << 20;

  private final PgRestore restore = Manifests.restore();

  private static RestoreSource source() {
    ResolvedTarget target =
        ResolvedTarget.of(Manifests.policy().getSpec(), Manifests.workload(), Manifests.services());
    return new RestoreSource(
        Manifests.policy(),
        Manifests.policy().getSpec().storage().s3(),
        "7559123456789012345-1",
        target,
        target.dataVolume(Manifests.policy().getSpec().target(), null));
  }

  private Job job() {
    List<HasMetadata> all =
        RestoreJob.objects(
            restore,
            new RestoreJob.Decided(
                source(),
                new RestorePlace("pgdata"),
                new ProcessIdentity(999, 998),
                "20261122T120000Z-3fa9",
                List.of()),
            new RestoreJob.Defaults("pgbackup-agent:1", 8080));
    return (Job) all.get(all.size() - 1);
  }

  private PodSpec pod() {
    return job().getSpec().getTemplate().getSpec();
  }

  @Test
  @DisplayName("the agent is the main container, and the database's own image a native sidecar")
  void containers() {
    Container server = pod().getInitContainers().get(0);
    assertThat(server.getImage()).isEqualTo("registry.example.com/library/postgres:17");
    assertThat(server.getRestartPolicy()).isEqualTo("Always");
    assertThat(server.getResources().getRequests()).containsKey("memory");
    assertThat(pod().getContainers())
        .singleElement()
        .satisfies(c -> assertThat(c.getName()).isEqualTo("agent"));
    assertThat(pod().getContainers().get(0).getArgs())
        .contains(
            "--target-xid=635",
            "--backup=20261122T120000Z-3fa9",
            "--archive=7559123456789012345-1",
            "--target-dir=/var/lib/pgbackup/data/pgdata")
        .doesNotContain("--exclusive", "--lift");
  }

  @Test
  @DisplayName("never two pods at once, and what cannot change is not tried again")
  void retries() {
    assertThat(job().getSpec().getPodReplacementPolicy()).isEqualTo("Failed");
    assertThat(job().getSpec().getBackoffLimit()).isEqualTo(2);
    assertThat(job().getSpec().getPodFailurePolicy().getRules().get(0).getOnExitCodes().getValues())
        .as("usage, target, archive, findings")
        .containsExactly(2, 3, 4, 8);
  }

  @Test
  @DisplayName(
      "C15 its pod keeps to the restricted standard, and holds no credentials of Kubernetes")
  void restricted() {
    assertThat(pod().getAutomountServiceAccountToken()).isFalse();
    assertThat(pod().getSecurityContext().getRunAsUser()).isEqualTo(999);
    assertThat(pod().getSecurityContext().getFsGroup()).isEqualTo(998);
    assertThat(pod().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(List.of(pod().getContainers().get(0), pod().getInitContainers().get(0)))
        .allSatisfy(
            c -> {
              assertThat(c.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
              assertThat(c.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
            });
  }

  @Test
  @DisplayName("it runs where the database may run, and pulls images as the database does")
  void placement() {
    assertThat(pod().getNodeSelector()).containsEntry("disk", "fast");
    assertThat(pod().getImagePullSecrets())
        .singleElement()
        .satisfies(s -> assertThat(s.getName()).isEqualTo("registry"));
  }

  @Test
  @DisplayName("the claim: as large as the database's volume really is, and owned by nobody")
  void claim() {
    PersistentVolumeClaim claim = RestoreClaim.of(restore, original("5Gi", "8Gi"), 100 * MIB);
    assertThat(claim.getSpec().getResources().getRequests())
        .containsEntry("storage", Quantity.parse("8Gi"));
    assertThat(claim.getSpec().getStorageClassName()).isEqualTo("fast");
    assertThat(claim.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(
            Quantity.getAmountInBytes(
                RestoreClaim.of(restore, original("1Mi", null), 5000 * MIB)
                    .getSpec()
                    .getResources()
                    .getRequests()
                    .get("storage")))
        .as("never smaller than its files")
        .isGreaterThan(java.math.BigDecimal.valueOf(5000 * MIB));
  }

  private static PersistentVolumeClaim original(String request, @Nullable String capacity) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withName("data-master-0")
        .endMetadata()
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withStorageClassName("fast")
        .withNewResources()
        .withRequests(Map.of("storage", Quantity.parse(request)))
        .endResources()
        .endSpec()
        .withNewStatus()
        .withCapacity(capacity == null ? null : Map.of("storage", Quantity.parse(capacity)))
        .endStatus()
        .build();
  }

  @Test
  @DisplayName("C4 the claim remembers whose it is: by name and by what was asked for")
  void provenance() {
    PersistentVolumeClaim claim = RestoreClaim.of(restore, null, MIB);
    assertThat(RestoreClaim.isOf(claim, Manifests.restore())).isTrue();
    assertThat(RestoreClaim.isOf(claim, Manifests.restore("635", "636"))).isFalse();
    assertThat(RestoreClaim.completedAt(claim)).isEmpty();
  }

  @Test
  @DisplayName(
      "where the data directory lies within the volume: sub-path of the mount and path in it")
  void place() {
    assertThat(RestorePlace.of(restore.getSpec(), source().dataVolume()))
        .contains(new RestorePlace("pgdata"));
    DataVolume subPath =
        new DataVolume("d", "c", "/var/lib/postgresql", "pg", "/var/lib/postgresql/17/docker");
    assertThat(RestorePlace.of(restore.getSpec(), subPath))
        .contains(new RestorePlace("pg/17/docker"));
    DataVolume root = new DataVolume("d", "c", "/data", "", "/data");
    assertThat(RestorePlace.of(restore.getSpec(), root).orElseThrow().isVolumeRoot()).isTrue();
    assertThat(RestorePlace.of(restore.getSpec(), new DataVolume("d", "c", "/data", "", null)))
        .isEmpty();
  }

  @Test
  @DisplayName("an image that begins as root is asked for its user, and may not answer with root")
  void probe() {
    Job probe = ProbeJob.of(restore, source());
    assertThat(probe.getSpec().getTemplate().getSpec().getContainers().get(0).getImage())
        .isEqualTo("registry.example.com/library/postgres:17");
    assertThat(ProbeJob.answer("uid=999 gid=998\n")).contains(new ProcessIdentity(999, 998));
    assertThat(ProbeJob.answer("uid=0 gid=0\n")).isEmpty();
    assertThat(ProbeJob.answer("id: 'postgres': no such user")).isEmpty();
  }

  @Test
  @DisplayName("a document is found in a log with other lines")
  void documents() {
    String log =
        "{\"level\":\"info\",\"message\":\"opening\"}\n"
            + "{\n  \"version\" : 1,\n  \"reason\" : \"TargetBeyondArchive\",\n  \"message\" : \"too new\",\n"
            + "  \"exitCode\" : 3\n}\npgbackup: too new\n";
    assertThat(JobReports.document(log, Refusal.class, r -> r.reason() != null))
        .hasValueSatisfying(r -> assertThat(r.reason()).isEqualTo("TargetBeyondArchive"));
    assertThat(JobReports.document(log, PlanDocument.class, p -> p.backupId() != null)).isEmpty();
    assertThat(JobReports.document("", PlanDocument.class, p -> true)).isEmpty();
  }
}
