package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.archive.ArchiveLayout;
import dev.pgbackup.engine.archive.Ownership;
import dev.pgbackup.engine.archive.StoredDocuments;
import dev.pgbackup.engine.archive.content.FileListWriter;
import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.FileList;
import dev.pgbackup.engine.archive.format.BackupManifest.Tablespace;
import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.archive.format.FileEntry;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.backup.SourceServer.Start;
import dev.pgbackup.engine.backup.SourceServer.Stop;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Family;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.control.BackupLabel;
import dev.pgbackup.engine.postgres.control.ControlFile;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.postgres.session.ServerSessions;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.wal.DurableWal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One backup, from its beginning to its manifest. Used by one thread, once. */
final class BackupRun {

  private static final Logger LOG = LoggerFactory.getLogger(BackupRun.class);

  private static final long HEARTBEAT = TimeUnit.SECONDS.toNanos(20);

  private final Archive archive;
  private final ArchiveLayout layout;
  private final ServerSessions sessions;
  private final SourceServer server;
  private final BackupSettings settings;
  private final DurableWal wal;
  private final RunningBackup running;
  private final BackupId id;
  private final Bundles bundles;
  private final UploadTotals uploaded = new UploadTotals();
  private final CorruptPages corrupt = new CorruptPages();
  private final CopyProgress progress;
  private long heardAt = System.nanoTime();
  private long files;
  private long bytes;

  BackupRun(
      Archive archive,
      ServerSessions sessions,
      ServerSession session,
      BackupSettings settings,
      DurableWal wal,
      BackupProgress listener,
      RunningBackup running,
      BackupId id) {
    this.archive = archive;
    this.layout = archive.layout();
    this.sessions = sessions;
    this.server = new SourceServer(session);
    this.settings = settings;
    this.wal = wal;
    this.running = running;
    this.id = id;
    this.bundles = new Bundles(layout, id);
    this.progress =
        new CopyProgress(id, running.takenAt(), listener, System::nanoTime, uploaded, corrupt);
  }

  BackupManifest run() {
    progress.enter(BackupPhase.Preparing);
    requireArchived();
    removeLeftovers();
    Optional<BackupManifest> previous = archive.catalog().newestFirst().findFirst();
    List<BackupId> cutOff = cutOffSince(previous.map(BackupManifest::backupId));
    Set<BackupId> others = new HashSet<>(cutOff);
    previous.map(BackupManifest::backupId).ifPresent(others::add);
    running.protect(others);
    try (PreviousFiles known = PreviousFiles.open(archive, previous, settings.temporaryFolder());
        FileListWriter list = new FileListWriter(settings.temporaryFolder())) {
      EarlierChunks earlier =
          new EarlierChunks(bundles, known.bundles(), CutOffChunks.load(archive, cutOff));
      return run(known, earlier, others, list);
    }
  }

  private BackupManifest run(
      PreviousFiles known, EarlierChunks earlier, Set<BackupId> others, FileListWriter list) {
    String versionFolder = server.tablespaceVersionFolder();
    count(versionFolder);

    progress.enter(BackupPhase.Checkpointing);
    Start start = server.start("pgbackup " + id, settings.fastCheckpoint());
    running.protect(others, server.facts().timeline(), start.start());
    List<Tablespace> tablespaces = server.tablespaces();
    LOG.info("Backup {} begins at {}.", id, start.start());

    progress.enter(BackupPhase.Copying);
    copy(tree(versionFolder, tablespaces), start, known, earlier, list);

    progress.enter(BackupPhase.Finishing);
    BackupManifest.Server described = server.describe();
    control(earlier, list);
    Stop stop = server.stop();
    server.close();
    BackupLabel label = label(stop);
    FileList published = list.publish(archive.store(), layout.files(id), bundles.keys());

    progress.enter(BackupPhase.WaitingForWal);
    wal.await(label.timeline(), label.start(), stop.stop(), settings.walPatience());

    progress.enter(BackupPhase.Publishing);
    BackupManifest manifest = manifest(start, stop, label, tablespaces, described, published);
    requireReferences();
    running.check();
    new StoredDocuments(archive.store()).put(layout.manifest(id), manifest, PutOptions.CREATE);
    LOG.info(
        "Backup {} is complete: {} files, {} bytes, of which {} were new; WAL from {} to {}.",
        id,
        files,
        bytes,
        uploaded.newBytes(),
        manifest.startLsn(),
        manifest.stopLsn());
    return manifest;
  }

  /** A copy of the server would pass for it, but its WAL is not what is in the archive. */
  private void requireArchived() {
    Optional<Owner> owner = Ownership.read(archive);
    if (owner.isPresent() && !server.hasSlot(owner.get().slot())) {
      throw new EngineException(
          Reason.WrongServer,
          "The WAL in archive "
              + archive.id()
              + " is that of a server with the replication slot "
              + owner.get().slot()
              + " (database "
              + owner.get().database()
              + "), which this server does not have. If it has just taken that server's place, start"
              + " archiving from it first; if it is a copy, begin a new lineage for it.");
    }
  }

  /** No other backup runs, so what was never completed is of one that was killed. */
  private void removeLeftovers() {
    int uploads = archive.store().abortUncommitted(layout.backups() + "/", Instant.now());
    if (uploads > 0) {
      LOG.info("{} uploads of backups that were cut off are given up.", uploads);
    }
  }

  /**
   * Backups that were neither published nor deleted, newest first. What older ones hold, the
   * previous backup has taken.
   */
  private List<BackupId> cutOffSince(Optional<BackupId> previous) {
    return archive.catalog().begun().stream()
        .takeWhile(other -> previous.map(known -> other.compareTo(known) > 0).orElse(true))
        .filter(other -> !other.equals(id))
        .filter(other -> !archive.catalog().isPublished(other))
        .filter(other -> archive.store().head(layout.tombstone(other)).isEmpty())
        .toList();
  }

  private SourceTree tree(String versionFolder, List<Tablespace> tablespaces) {
    Set<Long> oids = tablespaces.stream().map(Tablespace::oid).collect(Collectors.toSet());
    return new SourceTree(server::list, new CopyRules(versionFolder, oids));
  }

  private void count(String versionFolder) {
    tree(versionFolder, server.tablespaces()).walk(progress::expect);
  }

  private void copy(
      SourceTree tree,
      Start start,
      PreviousFiles known,
      EarlierChunks earlier,
      FileListWriter list) {
    List<ServerSession> opened = new ArrayList<>();
    try {
      for (int i = 1; i <= settings.parallelism(); i++) {
        ServerSession session = sessions.open("base backup, files " + i);
        opened.add(session);
        session.requireSame(server.facts());
      }
      copy(tree, start, known, earlier, list, opened);
    } finally {
      opened.forEach(ServerSession::close);
    }
  }

  private void copy(
      SourceTree tree,
      Start start,
      PreviousFiles known,
      EarlierChunks earlier,
      FileListWriter list,
      List<ServerSession> opened) {
    FileAssembler assembler = new FileAssembler();
    try (OpenBundles open = new OpenBundles(archive.store(), bundles, uploaded)) {
      try (CopyPool pool =
          new CopyPool(
              opened,
              (session, tasks) ->
                  new CopyWorker(
                      session,
                      tasks,
                      new ChunkStore(open, earlier, settings.level(), uploaded),
                      settings.limit(),
                      server.facts().dataChecksums() ? new PageCheck(start.start()) : null,
                      corrupt,
                      progress),
              copied -> assembler.add(copied).ifPresent(file -> note(file, list)),
              this::idle)) {
        copy(tree, pool, known);
      } catch (EngineException failure) {
        if (failure.reason().family() == Family.DATABASE) {
          open.salvage();
        }
        throw failure;
      }
      open.finish();
    }
  }

  private static void copy(SourceTree tree, CopyPool pool, PreviousFiles known) {
    TaskPlanner planner = new TaskPlanner(known, pool::submit);
    tree.walk(
        file -> {
          if (file.path().equals(ControlFile.PATH)) {
            planner.accept(new SourceFile(file.path(), file.kind(), 0, Optional.empty()));
          } else {
            planner.accept(file);
          }
        });
    planner.finish();
    pool.finish();
  }

  private void note(FileEntry file, FileListWriter list) {
    if (file.path().equals(ControlFile.PATH)) {
      list.leavePlace(file.path());
      return;
    }
    list.add(file);
    if (file.kind() == FileEntry.Kind.File) {
      files++;
      bytes += file.size();
      progress.fileDone();
    }
  }

  private void idle() {
    progress.tick();
    if (System.nanoTime() - heardAt > HEARTBEAT) {
      server.heartbeat();
      heardAt = System.nanoTime();
    }
  }

  private void control(EarlierChunks earlier, FileListWriter list) {
    byte[] control = server.control();
    if (!ControlFile.parse(control).system().equals(server.facts().system())) {
      throw new EngineException(
          Reason.WrongServer,
          ControlFile.PATH
              + " is of another cluster than the server says that it is. Check what is mounted over"
              + " its data directory.");
    }
    try (OpenBundles open = new OpenBundles(archive.store(), bundles, uploaded);
        ChunkStore chunks = new ChunkStore(open, earlier, settings.level(), uploaded)) {
      Chunk chunk = chunks.keep(control, control.length, Optional.empty());
      open.finish();
      list.fill(
          new FileEntry(ControlFile.PATH, FileEntry.Kind.File, control.length, List.of(chunk)));
    }
    files++;
    bytes += control.length;
    progress.read(control.length);
    progress.fileDone();
  }

  private BackupLabel label(Stop stop) {
    BackupLabel label = BackupLabel.parse(stop.label());
    if (!label.timeline().equals(server.facts().timeline())) {
      throw new EngineException(
          Reason.BackupInterrupted,
          "The server has changed from timeline "
              + server.facts().timeline()
              + " to "
              + label.timeline()
              + " during the backup. Nothing was published; the next one will succeed.");
    }
    return label;
  }

  /** Every bundle of an older backup to which the list refers is still there. */
  private void requireReferences() {
    SortedMap<BackupId, TreeSet<String>> references = bundles.ofOlderBackups();
    references.forEach(
        (older, keys) -> {
          Set<String> present =
              archive
                  .store()
                  .list(layout.bundles(older) + "/", "")
                  .map(ObjectInfo::key)
                  .map(bundles::relative)
                  .collect(Collectors.toSet());
          keys.stream()
              .filter(key -> !present.contains(key))
              .findFirst()
              .ifPresent(
                  missing -> {
                    throw new EngineException(
                        Reason.BackupInterrupted,
                        "Bundle "
                            + missing
                            + ", of which backup "
                            + id
                            + " makes use, has been deleted meanwhile. Nothing was published; the"
                            + " next backup does without it.");
                  });
        });
  }

  private BackupManifest manifest(
      Start start,
      Stop stop,
      BackupLabel label,
      List<Tablespace> tablespaces,
      BackupManifest.Server described,
      FileList list) {
    return new BackupManifest(
        FormatVersion.CURRENT,
        id,
        archive.id(),
        settings.origin(),
        label.timeline(),
        label.start(),
        label.checkpoint(),
        stop.stop(),
        start.nextXid(),
        stop.nextXid(),
        millis(start.at()),
        millis(stop.at()),
        millis(Instant.now()),
        stop.label(),
        stop.tablespaceMap(),
        tablespaces,
        described,
        list,
        new BackupManifest.Totals(files, bytes, uploaded.newBytes(), uploaded.storedBytes()),
        corrupt.found().orElse(null),
        List.copyOf(bundles.ofOlderBackups().keySet()),
        settings.writer());
  }

  private static Instant millis(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS);
  }
}
