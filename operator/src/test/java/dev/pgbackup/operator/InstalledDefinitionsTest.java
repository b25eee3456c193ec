package dev.pgbackup.operator;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.APIResourceBuilder;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The definitions of the custom resources")
class InstalledDefinitionsTest {

  private static APIResourceList serving(String... kinds) {
    return new APIResourceListBuilder()
        .withResources(
            Stream.of(kinds).map(kind -> new APIResourceBuilder().withKind(kind).build()).toList())
        .build();
  }

  @Test
  @DisplayName("are missed by name at the start")
  void missed() {
    assertThatThrownBy(() -> InstalledDefinitions.require(serving("PgBackupPolicy", "PgRestore")))
        .hasMessageContaining("does not serve PgBackup of pgbackup.dev/v1alpha1");
    assertThatThrownBy(() -> InstalledDefinitions.require(null))
        .hasMessageContaining("PgBackup, PgBackupPolicy, PgRestore")
        .hasMessageContaining("kubectl apply --server-side -f crds/");
  }

  @Test
  @DisplayName("suffice with others beside them")
  void suffice() {
    assertThatCode(
            () ->
                InstalledDefinitions.require(
                    serving("PgBackupPolicy", "PgBackup", "PgRestore", "Another")))
        .doesNotThrowAnyException();
  }
}
