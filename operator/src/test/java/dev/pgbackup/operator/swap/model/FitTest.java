package dev.pgbackup.operator.swap.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.operator.fakes.Manifests;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Whether a volume that is reserved for a claim would be bound to it")
class FitTest {

  private static final String CLAIM =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: data-master-0}
      spec:
        storageClassName: standard
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 10Gi}}
      """;
  private static final String VOLUME =
      """
      apiVersion: v1
      kind: PersistentVolume
      metadata: {name: pv-1, labels: {disk: fast}}
      spec:
        storageClassName: standard
        accessModes: [ReadWriteOnce, ReadOnlyMany]
        capacity: {storage: 10Gi}
      """;

  private static Optional<Unfit> fit(String claim, String volume) {
    return Fit.of(
        Manifests.read(claim, PersistentVolumeClaim.class),
        Manifests.read(volume, PersistentVolume.class));
  }

  @Test
  @DisplayName("one of the same class, size and modes would")
  void fits() {
    assertThat(fit(CLAIM, VOLUME)).isEmpty();
  }

  @Test
  @DisplayName("a larger one would, in whatever unit its size is written")
  void larger() {
    assertThat(fit(CLAIM, VOLUME.replace("10Gi", "10737418240"))).isEmpty();
    assertThat(fit(CLAIM, VOLUME.replace("10Gi", "1Ti"))).isEmpty();
  }

  @ParameterizedTest(name = "{2}: {0} -> {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "10Gi | 11Gi | CapacityTooSmall",
        "storageClassName: standard | storageClassName: other | ClaimMismatch",
        "storageClassName: standard | storageClassName: '' | ClaimMismatch",
        "[ReadWriteOnce] | [ReadWriteMany] | ClaimMismatch",
        "accessModes: | volumeMode: Block, accessModes: | ClaimMismatch",
        "resources: | selector: {matchLabels: {disk: slow}}, resources: | ClaimMismatch",
        "resources: | selector: {matchExpressions: [{key: disk, operator: NotIn, values: [fast]}]}, resources: | ClaimMismatch"
      })
  @DisplayName("one that Kubernetes would pass over without a word is found beforehand")
  void passedOver(String text, String by, String reason) {
    String changed = CLAIM.replace(text, by.endsWith(text) ? split(by) : by);
    assertThat(fit(changed, VOLUME)).map(Unfit::reason).contains(reason);
    assertThat(fit(changed, VOLUME)).map(Unfit::message).hasValueSatisfying(
        message -> assertThat(message).contains("would not be bound"));
  }

  /** The last part is the field that was there, on a line of its own. */
  private static String split(String by) {
    int at = by.lastIndexOf(", ");
    return by.substring(0, at) + "\n  " + by.substring(at + 2);
  }

  @Test
  @DisplayName("a selector that its labels match is no obstacle")
  void selected() {
    assertThat(
            fit(
                CLAIM.replace("resources:", "selector: {matchLabels: {disk: fast}}\n  resources:"),
                VOLUME))
        .isEmpty();
  }
}
