package dev.pgbackup.operator.fakes;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plays the controllers of volumes and of StatefulSets: claims are bound as their volumes say,
 * volumes whose claim is gone are released, and a StatefulSet makes its claim and its pod anew.
 */
public final class FakeVolumes {

  private static final String NAMESPACE = "shop";

  private final KubernetesClient client;
  private final Clock clock;
  private boolean starts = true;
  private @Nullable String foreign;
  private int made;

  public FakeVolumes(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** The class of all volumes. */
  public void createClass() {
    client
        .resource(
            new StorageClassBuilder().withNewMetadata().withName("standard").endMetadata().build())
        .create();
  }

  /** From now on the database's pod is not ready on that volume. */
  public void neverStarts(boolean never) {
    starts = !never;
  }

  /** The next claim of the StatefulSet is bound to that volume, whatever is reserved for it. */
  public void bindNextTo(String volume) {
    foreign = volume;
  }

  /** A volume of the class "standard", which is deleted with its claim. */
  public void createVolume(String name) {
    client
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withStorageClassName("standard")
                .withAccessModes("ReadWriteOnce")
                .withCapacity(Map.of("storage", new Quantity("5Gi")))
                .withPersistentVolumeReclaimPolicy("Delete")
                .endSpec()
                .withNewStatus()
                .withPhase("Available")
                .endStatus()
                .build())
        .create();
  }

  /** Everything that the controllers would do now. */
  public void settle() {
    claims().stream().filter(c -> isUndecided(c)).forEach(this::decide);
    volumes().forEach(this::follow);
    StatefulSet set = client.apps().statefulSets().inNamespace(NAMESPACE).withName("master").get();
    if (set != null) {
      follow(set);
    }
    claims().stream().filter(c -> isUndecided(c)).forEach(this::decide);
    volumes().forEach(this::follow);
  }

  private List<PersistentVolumeClaim> claims() {
    return client.persistentVolumeClaims().inNamespace(NAMESPACE).list().getItems();
  }

  private List<PersistentVolume> volumes() {
    return client.persistentVolumes().list().getItems();
  }

  private static boolean isUndecided(PersistentVolumeClaim claim) {
    return claim.getSpec().getVolumeName() == null;
  }

  /** By a volume that is reserved for it, else by a new one. */
  private void decide(PersistentVolumeClaim claim) {
    String name = claim.getMetadata().getName();
    Optional<String> reserved =
        volumes().stream()
            .filter(v -> v.getSpec().getClaimRef() != null)
            // One with a uid is a claim's that is or was.
            .filter(v -> v.getSpec().getClaimRef().getUid() == null)
            .filter(v -> v.getSpec().getClaimRef().getName().equals(name))
            .map(v -> v.getMetadata().getName())
            .findFirst();
    String volume;
    if (foreign != null && name.equals("data-master-0")) {
      volume = foreign;
      foreign = null;
    } else {
      volume = reserved.orElseGet(this::provision);
    }
    client
        .resource(
            new PersistentVolumeClaimBuilder(claim)
                .editSpec()
                .withVolumeName(volume)
                .endSpec()
                .build())
        .update();
  }

  private String provision() {
    String name = "pv-made-" + ++made;
    createVolume(name);
    return name;
  }

  private void follow(PersistentVolume volume) {
    Optional<PersistentVolumeClaim> holder =
        claims().stream()
            .filter(c -> volume.getMetadata().getName().equals(c.getSpec().getVolumeName()))
            .findFirst();
    ObjectReference reference = volume.getSpec().getClaimRef();
    if (holder.isPresent()) {
      bind(volume, holder.get());
    } else if (reference != null && reference.getUid() != null) {
      if ("Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())) {
        client.resource(volume).delete();
      } else {
        phase(volume, "Released");
      }
    } else {
      phase(volume, "Available");
    }
  }

  private void bind(PersistentVolume volume, PersistentVolumeClaim claim) {
    phase(
        new PersistentVolumeBuilder(volume)
            .editSpec()
            .withNewClaimRef()
            .withNamespace(NAMESPACE)
            .withName(claim.getMetadata().getName())
            .withUid(claim.getMetadata().getUid())
            .endClaimRef()
            .endSpec()
            .build(),
        "Bound");
    if (claim.getStatus() == null || !"Bound".equals(claim.getStatus().getPhase())) {
      client
          .resource(
              new PersistentVolumeClaimBuilder(claim)
                  .withNewStatus()
                  .withPhase("Bound")
                  .withCapacity(volume.getSpec().getCapacity())
                  .endStatus()
                  .build())
          .update();
    }
  }

  private void phase(PersistentVolume volume, String phase) {
    client
        .resource(
            new PersistentVolumeBuilder(volume)
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build())
        .update();
  }

  private void follow(StatefulSet set) {
    if (claim() == null) {
      client.pods().inNamespace(NAMESPACE).withName("master-0").withGracePeriod(0).delete();
      client
          .resource(
              new PersistentVolumeClaimBuilder()
                  .withNewMetadata()
                  .withNamespace(NAMESPACE)
                  .withName("data-master-0")
                  .endMetadata()
                  .withSpec(set.getSpec().getVolumeClaimTemplates().get(0).getSpec())
                  .editSpec()
                  .withStorageClassName("standard")
                  .endSpec()
                  .build())
          .create();
    }
    if (pod() == null) {
      client.resource(pod(set)).create();
    }
  }

  public @Nullable PersistentVolumeClaim claim() {
    return client
        .persistentVolumeClaims()
        .inNamespace(NAMESPACE)
        .withName("data-master-0")
        .get();
  }

  private @Nullable Pod pod() {
    return client.pods().inNamespace(NAMESPACE).withName("master-0").get();
  }

  private Pod pod(StatefulSet set) {
    String now = clock.instant().plusSeconds(2).toString();
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName("master-0")
        .withLabels(set.getSpec().getTemplate().getMetadata().getLabels())
        .withCreationTimestamp(now)
        .endMetadata()
        .withNewSpec()
        .withNodeName("node-1")
        .addNewVolume()
        .withName("data")
        .withNewPersistentVolumeClaim()
        .withClaimName("data-master-0")
        .endPersistentVolumeClaim()
        .endVolume()
        .endSpec()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus(starts ? "True" : "False")
        .withLastTransitionTime(now)
        .endCondition()
        .endStatus()
        .build();
  }
}
