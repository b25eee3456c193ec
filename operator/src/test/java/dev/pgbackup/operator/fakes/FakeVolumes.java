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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plays the controllers of volumes, of claims and of StatefulSets: claims are bound as their
 * volumes say, and stay while a pod uses them; volumes whose claim is gone are released, or
 * deleted; a StatefulSet makes its claim and its pod anew, the pod not before the old claim is
 * gone.
 */
public final class FakeVolumes {

  public static final String CLAIM = "data-master-0";

  private static final String NAMESPACE = "shop";
  private static final String POD = "master-0";
  private static final String CLASS = "standard";
  private static final String IN_USE = "kubernetes.io/pvc-protection";
  private static final Duration PASSES = Duration.ofSeconds(2);

  private final KubernetesClient client;
  private final TestClock clock;
  private boolean starts = true;
  private @Nullable String foreign;
  private int made;

  public FakeVolumes(KubernetesClient client, TestClock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** The class of all volumes. */
  public void createClass() {
    client
        .resource(new StorageClassBuilder().withNewMetadata().withName(CLASS).endMetadata().build())
        .create();
  }

  /** Whether pods of the database that are made from now on become ready. */
  public void starts(boolean ready) {
    starts = ready;
  }

  /** The next claim of the StatefulSet is bound to that volume, whatever is reserved for it. */
  public void bindNextTo(String volume) {
    foreign = volume;
  }

  /** A volume that is deleted with its claim. */
  public void createVolume(String name) {
    client
        .resource(
            new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withStorageClassName(CLASS)
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

  /** Everything that the controllers would do now; time passes meanwhile. */
  public void settle() {
    clock.advance(PASSES);
    StatefulSet set = client.apps().statefulSets().inNamespace(NAMESPACE).withName("master").get();
    List<Pod> pods = client.pods().inNamespace(NAMESPACE).list().getItems();
    follow(set, claims(), pods);
    List<PersistentVolume> volumes = volumes();
    for (PersistentVolumeClaim claim : claims()) {
      guard(claim, pods);
      if (isUndecided(claim)) {
        decide(claim, volumes);
      }
    }
    List<PersistentVolumeClaim> claims = claims();
    volumes().forEach(volume -> follow(volume, claims));
  }

  private List<PersistentVolumeClaim> claims() {
    return client.persistentVolumeClaims().inNamespace(NAMESPACE).list().getItems();
  }

  private List<PersistentVolume> volumes() {
    return client.persistentVolumes().list().getItems();
  }

  private static boolean isUndecided(PersistentVolumeClaim claim) {
    return claim.getSpec().getVolumeName() == null && !isLeaving(claim);
  }

  private static boolean isLeaving(PersistentVolumeClaim claim) {
    return claim.getMetadata().getDeletionTimestamp() != null;
  }

  /** A claim that is deleted goes when no pod uses it any more. */
  private void guard(PersistentVolumeClaim claim, List<Pod> pods) {
    boolean guarded = claim.getMetadata().getFinalizers().contains(IN_USE);
    if (isLeaving(claim) && guarded && !isUsed(claim, pods)) {
      finalizers(claim, List.of());
    } else if (!isLeaving(claim) && !guarded) {
      finalizers(claim, List.of(IN_USE));
    }
  }

  private static boolean isUsed(PersistentVolumeClaim claim, List<Pod> pods) {
    return pods.stream()
        .flatMap(pod -> pod.getSpec().getVolumes().stream())
        .anyMatch(
            volume ->
                volume.getPersistentVolumeClaim() != null
                    && volume
                        .getPersistentVolumeClaim()
                        .getClaimName()
                        .equals(claim.getMetadata().getName()));
  }

  private void finalizers(PersistentVolumeClaim claim, List<String> finalizers) {
    client
        .resource(
            new PersistentVolumeClaimBuilder(claim)
                .editMetadata()
                .withFinalizers(finalizers)
                .endMetadata()
                .build())
        .update();
  }

  /** By a volume that is reserved for it, else by a new one. */
  private void decide(PersistentVolumeClaim claim, List<PersistentVolume> volumes) {
    String name = claim.getMetadata().getName();
    String volume;
    if (foreign != null && name.equals(CLAIM)) {
      volume = foreign;
      foreign = null;
    } else {
      volume = reserved(name, volumes).orElseGet(this::provision);
    }
    client
        .resource(
            new PersistentVolumeClaimBuilder(claim)
                .editMetadata()
                .withResourceVersion(null)
                .withFinalizers(IN_USE)
                .endMetadata()
                .editSpec()
                .withVolumeName(volume)
                .endSpec()
                .build())
        .update();
  }

  private static Optional<String> reserved(String claim, List<PersistentVolume> volumes) {
    return volumes.stream()
        .filter(v -> v.getSpec().getClaimRef() != null)
        // One with a uid is a claim's that is or was.
        .filter(v -> v.getSpec().getClaimRef().getUid() == null)
        .filter(v -> v.getSpec().getClaimRef().getName().equals(claim))
        .map(v -> v.getMetadata().getName())
        .findFirst();
  }

  private String provision() {
    String name = "pv-made-" + ++made;
    createVolume(name);
    return name;
  }

  private void follow(PersistentVolume volume, List<PersistentVolumeClaim> claims) {
    Optional<PersistentVolumeClaim> holder =
        claims.stream()
            .filter(c -> volume.getMetadata().getName().equals(c.getSpec().getVolumeName()))
            .findFirst();
    ObjectReference reference = volume.getSpec().getClaimRef();
    if (holder.isPresent()) {
      bind(volume, holder.get());
    } else if (reference == null || reference.getUid() == null) {
      phase(volume, "Available");
    } else if ("Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())) {
      client.resource(volume).delete();
    } else {
      phase(volume, "Released");
    }
  }

  private void bind(PersistentVolume volume, PersistentVolumeClaim claim) {
    ObjectReference reference = volume.getSpec().getClaimRef();
    if (reference == null || !claim.getMetadata().getUid().equals(reference.getUid())) {
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
    }
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
    if (volume.getStatus() == null || !phase.equals(volume.getStatus().getPhase())) {
      client
          .resource(
              new PersistentVolumeBuilder(volume)
                  .withNewStatus()
                  .withPhase(phase)
                  .endStatus()
                  .build())
          .update();
    }
  }

  private void follow(StatefulSet set, List<PersistentVolumeClaim> claims, List<Pod> pods) {
    Optional<PersistentVolumeClaim> claim =
        claims.stream().filter(c -> c.getMetadata().getName().equals(CLAIM)).findFirst();
    if (claim.isEmpty()) {
      client.resource(claim(set)).create();
    }
    boolean runs = pods.stream().anyMatch(pod -> pod.getMetadata().getName().equals(POD));
    if (!runs && !claim.map(FakeVolumes::isLeaving).orElse(false)) {
      client.resource(pod(set)).create();
    }
  }

  private static PersistentVolumeClaim claim(StatefulSet set) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(CLAIM)
        .endMetadata()
        .withSpec(set.getSpec().getVolumeClaimTemplates().get(0).getSpec())
        .editSpec()
        .withStorageClassName(CLASS)
        .endSpec()
        .build();
  }

  private Pod pod(StatefulSet set) {
    String now = clock.instant().toString();
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(POD)
        .withLabels(set.getSpec().getTemplate().getMetadata().getLabels())
        .withCreationTimestamp(now)
        .endMetadata()
        .withNewSpec()
        .withNodeName("node-1")
        .addNewVolume()
        .withName("data")
        .withNewPersistentVolumeClaim()
        .withClaimName(CLAIM)
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
