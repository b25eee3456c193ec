package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.ArchiveId;
import dev.pgbackup.engine.archive.format.ArchiveIdentity;
import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.SystemIdentifier;
import dev.pgbackup.engine.postgres.WalSegmentSize;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutOptions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One archive in a store: the backups and the WAL of one lineage of one cluster. */
public final class Archive {

  private final ObjectStore store;
  private final ArchiveLayout layout;
  private final ArchiveIdentity identity;

  private Archive(ObjectStore store, ArchiveIdentity identity) {
    this.store = store;
    this.identity = identity;
    this.layout = new ArchiveLayout(identity.archiveId());
  }

  /** The identities of all archives in a store, in the order of their ids. */
  public static List<ArchiveIdentity> list(ObjectStore store) {
    List<ArchiveIdentity> found = new ArrayList<>();
    for (String folder : store.listFolders("")) {
      if (ArchiveId.isArchiveId(folder)) {
        find(store, ArchiveId.parse(folder)).map(Archive::identity).ifPresent(found::add);
      }
    }
    found.sort((a, b) -> a.archiveId().compareTo(b.archiveId()));
    return found;
  }

  /**
   * The archive with that id; empty if the store has none.
   *
   * @throws EngineException with {@code UnsupportedArchiveVersion}, {@code ArchiveDamaged} or
   *     {@code ForeignArchive}
   */
  public static Optional<Archive> find(ObjectStore store, ArchiveId id) {
    String key = new ArchiveLayout(id).identity();
    return SmallObjects.read(store, key)
        .map(json -> Documents.read(json, ArchiveIdentity.class, key))
        .map(
            identity -> {
              if (!identity.archiveId().equals(id)
                  || !identity.systemIdentifier().equals(id.system())) {
                throw new EngineException(
                    Reason.ForeignArchive,
                    key
                        + " in "
                        + store.describe()
                        + " says that it belongs to archive "
                        + identity.archiveId()
                        + ". It was copied or renamed; nothing is read from it or written to it. "
                        + "Restore the objects' names, or choose another prefix.");
              }
              return new Archive(store, identity);
            });
  }

  /**
   * The archive with that id.
   *
   * @throws EngineException as {@link #find}, and {@code ArchiveNotFound}
   */
  public static Archive open(ObjectStore store, ArchiveId id) {
    return find(store, id)
        .orElseThrow(
            () ->
                new EngineException(
                    Reason.ArchiveNotFound,
                    "There is no archive "
                        + id
                        + " in "
                        + store.describe()
                        + ". Check bucket, prefix and lineage; `pgbackup list` shows what is there."));
  }

  /**
   * The archive of a server, begun if there is none yet.
   *
   * @param lineage which of the cluster's archives; 1 unless a person began another
   * @throws EngineException with {@code ForeignArchive} if what is there is not of such a server
   */
  public static Archive openOrCreate(
      ObjectStore store,
      SystemIdentifier system,
      int majorVersion,
      WalSegmentSize segmentSize,
      int lineage) {
    ArchiveId id = new ArchiveId(system, lineage);
    Optional<Archive> there = find(store, id);
    if (there.isEmpty()) {
      ArchiveIdentity identity =
          new ArchiveIdentity(
              FormatVersion.CURRENT,
              id,
              system,
              majorVersion,
              segmentSize,
              Instant.now().truncatedTo(ChronoUnit.SECONDS));
      try {
        SmallObjects.put(
            store, new ArchiveLayout(id).identity(), Documents.write(identity), PutOptions.CREATE);
      } catch (PreconditionFailedException e) {
        // somebody else began it meanwhile: what counts is read below
      }
      there = Optional.of(open(store, id));
    }
    Archive archive = there.orElseThrow();
    archive.requireServer(system, majorVersion, segmentSize);
    return archive;
  }

  /**
   * Checks that a server is the one whose archive this is.
   *
   * @throws EngineException with {@code ForeignArchive}
   */
  public void requireServer(SystemIdentifier system, int majorVersion, WalSegmentSize segmentSize) {
    String difference = null;
    if (!identity.systemIdentifier().equals(system)) {
      difference = "system identifier " + system;
    } else if (identity.majorVersion() != majorVersion) {
      difference = "PostgreSQL " + majorVersion;
    } else if (!identity.walSegmentSize().equals(segmentSize)) {
      difference = "WAL segments of " + segmentSize.bytes() + " bytes";
    }
    if (difference != null) {
      throw new EngineException(
          Reason.ForeignArchive,
          "Archive "
              + identity.archiveId()
              + " in "
              + store.describe()
              + " is of a cluster with system identifier "
              + identity.systemIdentifier()
              + ", PostgreSQL "
              + identity.majorVersion()
              + " and WAL segments of "
              + identity.walSegmentSize().bytes()
              + " bytes, but the server has "
              + difference
              + ". Check that the right server is configured, or begin a new lineage.");
    }
  }

  public ObjectStore store() {
    return store;
  }

  public ArchiveLayout layout() {
    return layout;
  }

  public ArchiveIdentity identity() {
    return identity;
  }

  public ArchiveId id() {
    return identity.archiveId();
  }

  public WalSegmentSize segmentSize() {
    return identity.walSegmentSize();
  }

  public Timelines timelines() {
    return new Timelines(this);
  }

  public Gaps gaps() {
    return new Gaps(this);
  }

  public Pins pins() {
    return new Pins(this);
  }

  public Catalog catalog() {
    return new Catalog(this);
  }
}
