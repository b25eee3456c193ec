package dev.pgbackup.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.operator.fakes.Manifests;
import dev.pgbackup.operator.workload.ValueSource.Literal;
import dev.pgbackup.operator.workload.ValueSource.SecretEntry;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("C1 A plain PostgreSQL is found by itself")
class TargetDiscoveryTest {

  private static final DataVolume.Hint NO_HINT = new DataVolume.Hint(null, null);

  private static Workload changed(Consumer<StatefulSet> change) {
    StatefulSet set = Manifests.statefulSet();
    change.accept(set);
    return Workload.of(set);
  }

  private static Container db(StatefulSet set) {
    return set.getSpec().getTemplate().getSpec().getContainers().get(1);
  }

  private static PostgresContainer postgres(Workload workload) {
    return PostgresContainer.find(workload, null);
  }

  @Test
  @DisplayName("its container among others, by environment, port or image")
  void findsContainer() {
    assertThat(postgres(Manifests.workload()).name()).isEqualTo("db");
    assertThat(postgres(changed(s -> db(s).setEnv(List.of()))).name()).isEqualTo("db");
    assertThat(
            postgres(
                    changed(
                        s -> {
                          db(s).setEnv(List.of());
                          db(s).setPorts(List.of());
                        }))
                .name())
        .isEqualTo("db");
  }

  @Test
  @DisplayName(
      "no container that looks like it: the ones there are named, and the field that helps")
  void noContainer() {
    Workload workload =
        changed(
            s -> {
              db(s).setEnv(List.of());
              db(s).setPorts(List.of());
              db(s).setImage("example.com/thing:1");
            });
    assertThatThrownBy(() -> postgres(workload))
        .isInstanceOf(UnsuitableTarget.class)
        .hasMessageContaining("metrics, db")
        .hasMessageContaining("target.container");
    assertThatThrownBy(() -> PostgresContainer.find(workload, "pg"))
        .hasMessageContaining("no container \"pg\"")
        .hasMessageContaining("metrics, db");
  }

  @Test
  @DisplayName("its data volume: the claim mounted at the data directory")
  void findsDataVolume() {
    Workload workload = Manifests.workload();
    DataVolume volume = DataVolume.find(workload, postgres(workload), NO_HINT, null);
    assertThat(volume)
        .isEqualTo(
            new DataVolume(
                "data",
                "data-master-0",
                "/var/lib/postgresql/data",
                "",
                "/var/lib/postgresql/data/pgdata"));
  }

  @Test
  @DisplayName(
      "the longest mount wins, its sub-path included, and the server's word goes before PGDATA")
  void longestMountWins() {
    Workload workload =
        changed(
            s ->
                db(s)
                    .getVolumeMounts()
                    .add(
                        new VolumeMountBuilder()
                            .withName("data")
                            .withMountPath("/var/lib/postgresql/data/inner")
                            .withSubPath("pg")
                            .build()));
    DataVolume volume =
        DataVolume.find(
            workload, postgres(workload), NO_HINT, "/var/lib/postgresql/data/inner/main");
    assertThat(volume.subPath()).isEqualTo("pg");
    assertThat(volume.dataDirectory()).isEqualTo("/var/lib/postgresql/data/inner/main");
  }

  @Test
  @DisplayName("without any word about the data directory, the one claim there is")
  void onlyClaim() {
    Workload workload = changed(s -> db(s).getEnv().removeIf(e -> e.getName().equals("PGDATA")));
    assertThat(DataVolume.find(workload, postgres(workload), NO_HINT, null).claim())
        .isEqualTo("data-master-0");
  }

  @Test
  @DisplayName("data that lies on no claim, or outside all mounts, is not guessed")
  void noClaim() {
    Workload outside = changed(s -> {});
    assertThatThrownBy(
            () -> DataVolume.find(outside, postgres(outside), NO_HINT, "/srv/postgresql"))
        .isInstanceOf(UnsuitableTarget.class)
        .hasMessageContaining("/srv/postgresql")
        .hasMessageContaining("\"data\" at /var/lib/postgresql/data")
        .hasMessageContaining("target.dataVolume");
    Workload ephemeral =
        changed(
            s -> {
              s.getSpec().setVolumeClaimTemplates(List.of());
              s.getSpec()
                  .getTemplate()
                  .setSpec(
                      new PodSpecBuilder(s.getSpec().getTemplate().getSpec())
                          .addToVolumes(
                              new VolumeBuilder()
                                  .withName("data")
                                  .withNewEmptyDir()
                                  .endEmptyDir()
                                  .build())
                          .build());
            });
    assertThatThrownBy(() -> DataVolume.find(ephemeral, postgres(ephemeral), NO_HINT, null))
        .hasMessageContaining("not a PersistentVolumeClaim");
  }

  @Test
  @DisplayName("its Service: the one that governs the StatefulSet, else one that leads to its port")
  void findsService() {
    Workload workload = Manifests.workload();
    assertThat(ServerAddress.find(workload, postgres(workload), Manifests.services()))
        .isEqualTo(new ServerAddress("master.shop.svc", 5432));
    assertThat(ServerAddress.find(workload, postgres(workload), Manifests.services().subList(1, 2)))
        .isEqualTo(new ServerAddress("everything.shop.svc", 6543));
    assertThatThrownBy(() -> ServerAddress.find(workload, postgres(workload), List.of()))
        .isInstanceOf(UnsuitableTarget.class)
        .hasMessageContaining("connection.host");
  }

  @Test
  @DisplayName("whom to connect as: what the workload gives to the official image")
  void findsCredentials() {
    Workload workload = Manifests.workload();
    assertThat(ServerCredentials.find(workload, postgres(workload)))
        .isEqualTo(
            new ServerCredentials(new Literal("postgres"), new SecretEntry("master-auth", "pw")));
  }

  @Test
  @DisplayName("a password in plain is refused: the operator must not see one")
  void plainPassword() {
    EnvVar plain = new EnvVarBuilder().withName("POSTGRES_PASSWORD").withValue("hunter2").build();
    Workload workload = changed(s -> db(s).setEnv(List.of(plain)));
    assertThatThrownBy(() -> ServerCredentials.find(workload, postgres(workload)))
        .hasMessageContaining("connection.authSecretRef")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  @DisplayName("a password in a mounted Secret, by its file")
  void passwordFile() {
    EnvVar file =
        new EnvVarBuilder()
            .withName("POSTGRES_PASSWORD_FILE")
            .withValue("/run/secrets/pg/password")
            .build();
    Workload workload =
        changed(
            s -> {
              db(s).setEnv(List.of(file));
              db(s)
                  .getVolumeMounts()
                  .add(
                      new VolumeMountBuilder()
                          .withName("auth")
                          .withMountPath("/run/secrets/pg")
                          .build());
              s.getSpec()
                  .getTemplate()
                  .getSpec()
                  .getVolumes()
                  .add(
                      new VolumeBuilder()
                          .withName("auth")
                          .withNewSecret()
                          .withSecretName("pg-auth")
                          .addNewItem()
                          .withKey("superuser")
                          .withPath("password")
                          .endItem()
                          .endSecret()
                          .build());
            });
    assertThat(ServerCredentials.find(workload, postgres(workload)).password())
        .isEqualTo(new SecretEntry("pg-auth", "superuser"));
  }

  @Test
  @DisplayName(
      "its user: as the policy or the workload says; an image that begins as root has to be asked")
  void findsIdentity() {
    Workload workload = Manifests.workload();
    assertThat(ProcessIdentity.find(workload, postgres(workload), null)).isEmpty();
    assertThat(ProcessIdentity.find(workload, postgres(workload), 70L))
        .contains(new ProcessIdentity(70, 70));
    Workload secured =
        changed(
            s ->
                s.getSpec()
                    .getTemplate()
                    .setSpec(
                        new PodSpecBuilder(s.getSpec().getTemplate().getSpec())
                            .withNewSecurityContext()
                            .withRunAsUser(999L)
                            .withFsGroup(998L)
                            .endSecurityContext()
                            .build()));
    assertThat(ProcessIdentity.find(secured, postgres(secured), null))
        .contains(new ProcessIdentity(999, 998));
  }
}
