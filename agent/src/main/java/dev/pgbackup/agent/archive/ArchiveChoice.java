package dev.pgbackup.agent.archive;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.format.ArchiveIdentity;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.store.ObjectStore;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Chooses an archive of a store without asking a server. */
public final class ArchiveChoice {

  private ArchiveChoice() {}

  /**
   * The only archive of a store, or the only one of a cluster or a lineage.
   *
   * @param system the cluster; empty: it is not known
   * @param lineage empty: any
   * @throws EngineException {@code ArchiveNotFound}, or {@code InvalidArgument} if it is not clear
   *     which one is meant
   */
  public static Archive only(
      ObjectStore store, Optional<SystemIdentifier> system, Optional<Integer> lineage) {
    List<ArchiveIdentity> all =
        Archive.list(store).stream()
            .filter(found -> system.map(found.systemIdentifier()::equals).orElse(true))
            .toList();
    List<ArchiveIdentity> candidates =
        all.stream()
            .filter(
                found ->
                    all.size() == 1
                        || lineage.isEmpty()
                        || found.archiveId().lineage() == lineage.get())
            .toList();
    if (candidates.size() == 1) {
      return Archive.open(store, candidates.get(0).archiveId());
    }
    if (all.isEmpty()) {
      throw new EngineException(
          Reason.ArchiveNotFound,
          "There is no archive "
              + system.map(id -> "of the cluster with system identifier " + id + " ").orElse("")
              + "in "
              + store.describe()
              + ". Check bucket and prefix; `pgbackup sidecar` and `pgbackup backup` begin one.");
    }
    throw new EngineException(
        Reason.InvalidArgument,
        "There are "
            + all.size()
            + " archives in "
            + store.describe()
            + ": "
            + all.stream()
                .map(found -> found.archiveId() + " (PostgreSQL " + found.majorVersion() + ")")
                .collect(Collectors.joining(", "))
            + ". Choose one with --archive.");
  }
}
