package dev.pgbackup.engine.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.control.ClusterState;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.restore.ArchivedPrimary.Tx;
import dev.pgbackup.engine.restore.target.RecoveryTarget;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import dev.pgbackup.testkit.PostgresBinaries;
import dev.pgbackup.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A server is restored as it was at a target")
class RestoreIT {

  @TempDir private Path folder;

  static List<PostgresBinaries> versions() {
    return PostgresBinaries.available();
  }

  @ParameterizedTest
  @MethodSource("versions")
  @DisplayName("T1: to a transaction, inclusive and not")
  void toATransaction(PostgresBinaries version) throws Exception {
    try (ArchivedPrimary primary =
        ArchivedPrimary.create(
            PostgresServer.builder(version).dataChecksums(true),
            DirectoryStore.open(folder.resolve("store")))) {
      primary.commit();
      primary.backup();
      primary.commit();
      Tx third = primary.commit();
      primary.commit();
      primary.flush();

      Path inclusive = folder.resolve("inclusive");
      RestoreResult result =
          primary.restore(RecoveryTarget.xid(Long.toString(third.xid()), true), inclusive);
      assertThat(result.timeline()).contains(new Timeline(2));
      ControlFile control = ControlFile.of(inclusive);
      assertThat(control.state()).isEqualTo(ClusterState.SHUT_DOWN);
      assertThat(control.timeline()).isEqualTo(new Timeline(2));
      assertThat(Files.exists(inclusive.resolve("recovery.signal"))).isFalse();
      assertThat(primary.numbers(inclusive)).containsExactly(1, 2, 3);

      Path exclusive = folder.resolve("exclusive");
      RestoreResult other =
          primary.restore(RecoveryTarget.xid(Long.toString(third.xid()), false), exclusive);
      assertThat(other.timeline()).contains(new Timeline(3));
      assertThat(primary.numbers(exclusive)).containsExactly(1, 2);
    }
  }
}
