package dev.pgbackup.operator.restore.model;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.PlanDocument;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.crds.restore.VolumeClaim;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.pod.Owner;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The claim of a restored volume. It belongs to nobody, so that no deletion of a {@code PgRestore}
 * takes data with it, and remembers which restore filled it. Only that of a copy that runs as long
 * as its {@code PgRestore} is there goes with it.
 */
public final class RestoreClaim {

  private static final String RESTORE = "pgbackup.dev/restored-by";
  private static final String SPEC = "pgbackup.dev/restored-spec";

  /** The annotation that says when it was filled. */
  public static final String COMPLETED = "pgbackup.dev/restored-at";

  /** Room beside the files for WAL that is written while replaying. */
  private static final long ROOM = 1L << 30;

  private RestoreClaim() {}

  public static String name(PgRestore restore) {
    return Objects.requireNonNullElse(
        restore.getSpec().volume().claimName(), restore.getMetadata().getName());
  }

  /** Bytes that a volume for that plan must have at least. */
  public static long needed(PlanDocument plan) {
    return needed(plan.bytes());
  }

  public static long needed(long baseBytes) {
    return baseBytes + ROOM / 4;
  }

  /**
   * The claim.
   *
   * @param original that of the database
   * @param baseBytes bytes of the files to be restored
   */
  public static PersistentVolumeClaim of(
      PgRestore restore, @Nullable PersistentVolumeClaim original, long baseBytes) {
    VolumeClaim said = restore.getSpec().volume();
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(restore.getMetadata().getNamespace())
        .withName(name(restore))
        .withLabels(Names.restoreLabels("volume", restore.getMetadata().getName()))
        .withAnnotations(annotations(restore))
        .withOwnerReferences(
            restore.getSpec().isInstance() ? List.of(Owner.of(restore)) : List.of())
        .endMetadata()
        .withNewSpec()
        .withAccessModes(accessModes(said, original))
        .withStorageClassName(storageClass(restore, original).orElse(null))
        .withNewResources()
        .withRequests(Map.of("storage", size(said, original, baseBytes)))
        .endResources()
        .endSpec()
        .build();
  }

  /** What the claim remembers of the restore that fills it. */
  public static Map<String, String> annotations(PgRestore restore) {
    return Map.of(RESTORE, restore.getMetadata().getName(), SPEC, fingerprint(restore));
  }

  private static List<String> accessModes(
      VolumeClaim said, @Nullable PersistentVolumeClaim original) {
    if (said.accessModes() != null) {
      return said.accessModes().stream().map(Enum::name).toList();
    }
    return original == null ? List.of("ReadWriteOnce") : original.getSpec().getAccessModes();
  }

  /** Its class; nothing: the cluster's default. */
  public static Optional<String> storageClass(
      PgRestore restore, @Nullable PersistentVolumeClaim original) {
    return Optional.ofNullable(restore.getSpec().volume().storageClassName())
        .or(
            () ->
                Optional.ofNullable(original).map(claim -> claim.getSpec().getStorageClassName()));
  }

  /** As large as said, else as the database's volume, and never too small for its files. */
  private static Quantity size(
      VolumeClaim said, @Nullable PersistentVolumeClaim original, long baseBytes) {
    if (said.size() != null) {
      return Quantity.parse(said.size());
    }
    Quantity files = new Quantity(Long.toString(baseBytes + baseBytes / 10 + ROOM));
    if (original == null) {
      return files;
    }
    Quantity requested = original.getSpec().getResources().getRequests().get("storage");
    Quantity capacity =
        original.getStatus() == null || original.getStatus().getCapacity() == null
            ? null
            : original.getStatus().getCapacity().get("storage");
    return larger(larger(files, requested), capacity);
  }

  private static Quantity larger(Quantity one, @Nullable Quantity other) {
    return other == null || bytes(one).compareTo(bytes(other)) >= 0 ? one : other;
  }

  private static BigDecimal bytes(Quantity quantity) {
    return Quantity.getAmountInBytes(quantity);
  }

  /** Whether a size that was said is too small. */
  public static boolean isTooSmall(String size, long baseBytes) {
    return bytes(Quantity.parse(size)).compareTo(BigDecimal.valueOf(needed(baseBytes))) < 0;
  }

  /** Whether this very restore made the claim: the same name, the same spec. */
  public static boolean isOf(PersistentVolumeClaim claim, PgRestore restore) {
    Map<String, String> annotations = claim.getMetadata().getAnnotations();
    return annotations != null
        && restore.getMetadata().getName().equals(annotations.get(RESTORE))
        && fingerprint(restore).equals(annotations.get(SPEC));
  }

  /** When it was filled; nothing if it was not, or not to the end. */
  public static Optional<String> completedAt(PersistentVolumeClaim claim) {
    return Optional.ofNullable(claim.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(COMPLETED));
  }

  /** What tells one spec from another: of everything in it that cannot be changed. */
  public static String fingerprint(PgRestore restore) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  ContractJson.write(restore.getSpec().essence()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
