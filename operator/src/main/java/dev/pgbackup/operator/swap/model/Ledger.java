package dev.pgbackup.operator.swap.model;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.crds.restore.PgRestore;
import dev.pgbackup.operator.patch.PatchOperation;
import dev.pgbackup.operator.restore.model.RestoreClaim;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which swaps a database has seen: a ConfigMap that belongs to nobody, so that a manifest which is
 * deleted and made again is known as one that was done.
 */
public final class Ledger {

  /**
   * A swap that was done.
   *
   * @param spec fingerprint of the restore's spec
   * @param retainedClaim that keeps the volume of before
   */
  public record Entry(String spec, Instant swappedAt, String retainedClaim) {}

  private Ledger() {}

  public static String name(String workloadKind, String workload) {
    return "pgbackup-swaps-" + workloadKind.toLowerCase(Locale.ROOT) + "-" + workload;
  }

  /** The entry of this very restore: the same name, the same spec. */
  public static Optional<Entry> find(ConfigMap ledger, PgRestore restore) {
    return Optional.ofNullable(ledger.getData())
        .map(data -> data.get(restore.getMetadata().getName()))
        .map(text -> ContractJson.read(text, Entry.class))
        .filter(entry -> entry.spec().equals(RestoreClaim.fingerprint(restore)));
  }

  public static ConfigMap empty(String namespace, String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withData(Map.of("about", "Swaps of volumes that were done, by name of the PgRestore."))
        .build();
  }

  /** Notes one. */
  public static List<PatchOperation> note(PgRestore restore, Instant at, String retainedClaim) {
    return List.of(
        PatchOperation.add(
            "/data/" + PatchOperation.key(restore.getMetadata().getName()),
            ContractJson.write(
                new Entry(RestoreClaim.fingerprint(restore), at, retainedClaim))));
  }
}
