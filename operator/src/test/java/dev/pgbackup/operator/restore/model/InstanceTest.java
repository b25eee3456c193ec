package dev.pgbackup.operator.restore.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.policy.model.ResolvedTarget;
import dev.pgbackup.operator.workload.ProcessIdentity;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A copy that runs")
class InstanceTest {

  private final PgRestore restore =
      Manifests.restore("target: {xid: \"635\"}", "target: {xid: \"635\"}\n  mode: Instance");

  private StatefulSet copy(String... arguments) {
    StatefulSet master = Manifests.statefulSet();
    master.getSpec().getTemplate().getSpec().getContainers().get(1).setArgs(List.of(arguments));
    ResolvedTarget target =
        ResolvedTarget.of(Manifests.policy().getSpec(), Workload.of(master), Manifests.services());
    RestoreSource source =
        new RestoreSource(
            Manifests.policy(), Manifests.policy().getSpec().storage().s3(), null, target, null);
    return Instance.of(restore, source, new RestorePlace("pgdata"), new ProcessIdentity(999, 998));
  }

  private static PodSpec pod(StatefulSet copy) {
    return copy.getSpec().getTemplate().getSpec();
  }

  private static Container server(StatefulSet copy) {
    return pod(copy).getContainers().get(0);
  }

  /** What counts of settings that are said more than once. */
  private static List<String> settings(StatefulSet copy) {
    List<String> args = server(copy).getArgs();
    List<String> settings = new ArrayList<>();
    for (int i = 1; i < args.size(); i += 2) {
      assertThat(args.get(i)).isEqualTo("-c");
      settings.add(args.get(i + 1));
    }
    assertThat(settings.stream().map(s -> s.split("=", 2)[0])).doesNotHaveDuplicates();
    return settings;
  }

  @Test
  @DisplayName("runs the database's image on the restored claim, and goes with its object")
  void runs() {
    StatefulSet copy = copy();
    assertThat(server(copy).getImage()).isEqualTo("registry.example.com/library/postgres:17");
    assertThat(server(copy).getArgs().get(0)).isEqualTo("/var/lib/pgbackup/data/pgdata");
    assertThat(pod(copy).getVolumes())
        .anySatisfy(
            volume ->
                assertThat(volume.getPersistentVolumeClaim())
                    .isNotNull()
                    .satisfies(claim -> assertThat(claim.getClaimName()).isEqualTo("before-cc")));
    assertThat(List.of(copy, Instance.service(restore), RestoreClaim.of(restore, null, 1)))
        .allSatisfy(
            object ->
                assertThat(object.getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(
                        owner ->
                            assertThat(owner.getUid()).isEqualTo(restore.getMetadata().getUid())));
    assertThat(RestoreClaim.of(Manifests.restore(), null, 1).getMetadata().getOwnerReferences())
        .as("only that of a copy does")
        .isEmpty();
  }

  @Test
  @DisplayName("C15 keeps to the restricted standard, and holds no credentials of anybody")
  void restricted() {
    PodSpec pod = pod(copy());
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getServiceAccountName()).isNull();
    assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(999);
    assertThat(pod.getSecurityContext().getFsGroup()).isEqualTo(998);
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getContainers())
        .singleElement()
        .satisfies(
            c -> {
              assertThat(c.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
              assertThat(c.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
              assertThat(c.getEnv()).isEmpty();
            });
    assertThat(pod.getVolumes())
        .allSatisfy(
            volume -> {
              assertThat(volume.getSecret()).isNull();
              assertThat(volume.getProjected()).isNull();
            });
  }

  @Test
  @DisplayName("touches nothing of the world: no archive, no standby, no subscription, no jobs")
  void isolated() {
    assertThat(settings(copy("-c", "archive_mode=on", "--synchronous-standby-names=pgbackup")))
        .contains(
            "archive_mode=off",
            "synchronous_standby_names=",
            "max_logical_replication_workers=0",
            "cron.launch_active_jobs=off");
  }

  @Test
  @DisplayName("has the settings that the workload's command line gives, but for files of its own")
  void settings() {
    assertThat(
            settings(
                copy(
                    "postgres",
                    "-c",
                    "shared_preload_libraries=pg_stat_statements",
                    "--max-connections=300",
                    "-cwork_mem=8MB",
                    "-c",
                    "config_file=/etc/postgresql/postgresql.conf",
                    "--cluster-name=$(POD)")))
        .contains(
            "shared_preload_libraries=pg_stat_statements", "max_connections=300", "work_mem=8MB")
        .noneMatch(s -> s.startsWith("config_file") || s.startsWith("cluster_name"));
    assertThat(settings(copy("-c", "work_mem=9MB"))).contains("work_mem=9MB");
    assertThat(settings(copy("sh", "-c", "PGUSER=x exec postgres")))
        .noneMatch(s -> s.contains("x exec"));
  }

  @Test
  @DisplayName("is reached by its own Service, and by none of the workload's")
  void service() {
    PodTemplateSpec template = copy().getSpec().getTemplate();
    assertThat(template.getMetadata().getLabels())
        .containsAllEntriesOf(Instance.service(restore).getSpec().getSelector());
    assertThat(Manifests.services())
        .allSatisfy(
            service ->
                assertThat(template.getMetadata().getLabels().entrySet())
                    .doesNotContainAnyElementsOf(service.getSpec().getSelector().entrySet()));
    assertThat(Instance.address(restore)).isEqualTo("restored-before-cc.shop.svc:5432");
  }

  @Test
  @DisplayName(
      "has a name that DNS and the labels of a StatefulSet's pods take, whatever the restore's is")
  void name() {
    assertThat(Names.instance("2026.11")).isEqualTo("restored-2026-11");
    // A StatefulSet's pods have a label of its name, '-' and ten characters.
    assertThat(Names.instance("x".repeat(40)).length() + 11).isLessThanOrEqualTo(63);
  }
}
