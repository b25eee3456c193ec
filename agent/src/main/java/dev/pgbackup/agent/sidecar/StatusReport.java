package dev.pgbackup.agent.sidecar;

import dev.pgbackup.agent.document.ArchiveDocuments;
import dev.pgbackup.agent.document.ProgramVersion;
import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.status.AgentStatus;
import dev.pgbackup.contract.status.AgentStatus.DatabaseStatus;
import dev.pgbackup.contract.status.AgentStatus.RetentionStatus;
import dev.pgbackup.contract.status.AgentStatus.StorageStatus;
import dev.pgbackup.contract.status.ArchivingStatus.State;
import dev.pgbackup.contract.status.Failure;
import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.restore.window.RecoveryWindow;
import dev.pgbackup.engine.wal.ArchivingState;
import dev.pgbackup.engine.wal.ArchivingStatus;
import dev.pgbackup.engine.wal.record.WalEvent;
import dev.pgbackup.engine.wal.transport.SlotStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts together what the sidecar says about itself: the one place that does. */
final class StatusReport {

  private static final Set<State> ARCHIVING =
      EnumSet.of(State.Streaming, State.Lagging, State.AtRisk);

  private final Protection protection;

  StatusReport(Protection protection) {
    this.protection = protection;
  }

  /**
   * The status.
   *
   * @param configError why a newer configuration is not in force
   */
  AgentStatus make(Instant startedAt, String configHash, @Nullable Failure configError) {
    Optional<ArchiveView.Snapshot> archive = protection.archiveNow();
    Optional<ArchivingStatus> engine = protection.archivingStatus();
    dev.pgbackup.contract.status.ArchivingStatus archiving = archiving(engine);
    Optional<RecoveryWindow> open = archive.flatMap(ArchiveView.Snapshot::open);
    Optional<WalEvent.TransactionEnd> last = open.flatMap(RecoveryWindow::last);
    Optional<RetentionStatus> retention = protection.retention().flatMap(RetentionRuns::last);
    boolean hasBackup = archive.map(snapshot -> !snapshot.backups().isEmpty()).orElse(false);
    return new AgentStatus(
        ContractJson.VERSION,
        ProgramVersion.text(),
        startedAt,
        configHash,
        configError == null ? null : configError.message(),
        protection.contact().map(contact -> contact.archive().id().toString()).orElse(null),
        protection.contact().map(contact -> database(contact, engine, archive)).orElse(null),
        archiving,
        archive
            .map(snapshot -> snapshot.windows().stream().map(ArchiveDocuments::window).toList())
            .orElse(List.of()),
        archive.map(ArchiveView.Snapshot::gaps).orElse(List.of()),
        open.map(window -> window.first().stoppedAt()).orElse(null),
        last.map(WalEvent.TransactionEnd::time).orElse(null),
        last.map(end -> end.xid().toString()).orElse(null),
        archive
            .flatMap(snapshot -> snapshot.backups().stream().findFirst())
            .map(ArchiveDocuments::lastBackup)
            .orElse(null),
        archive.flatMap(protection::nextBackup).orElse(null),
        protection.desk().current().orElse(null),
        protection.desk().lastFailure().orElse(null),
        retention.orElse(null),
        new StorageStatus(
            protection.storeDescription(),
            protection.contact().map(Contact::conditionalWrites).orElse(null)),
        hasBackup && ARCHIVING.contains(archiving.state()),
        problems(archiving, configError, retention));
  }

  private static DatabaseStatus database(
      Contact contact, Optional<ArchivingStatus> engine, Optional<ArchiveView.Snapshot> archive) {
    return new DatabaseStatus(
        contact.server().system().toString(),
        contact.server().version().toString(),
        engine.flatMap(ArchivingStatus::timeline).orElse(contact.server().timeline()).number(),
        contact.server().segmentSize().bytes(),
        archive
            .flatMap(snapshot -> snapshot.backups().stream().findFirst())
            .map(BackupManifest::server)
            .map(BackupManifest.Server::dataDirectory)
            .orElse(null));
  }

  private dev.pgbackup.contract.status.ArchivingStatus archiving(Optional<ArchivingStatus> engine) {
    if (engine.isPresent()) {
      return archiving(engine.get());
    }
    boolean prepared = protection.isPrepared();
    return new dev.pgbackup.contract.status.ArchivingStatus(
        prepared ? State.Stopped : protection.isStoreDown() ? State.StoreDown : State.Connecting,
        null,
        null,
        protection.slotName(),
        null,
        null,
        null,
        null,
        null,
        null,
        protection.contactFailure().orElse(null),
        prepared
            ? "Prepared for a swap. It goes on as soon as a server is there that was started after"
                + " that, when it is told to, or when the pause is over."
            : null);
  }

  private dev.pgbackup.contract.status.ArchivingStatus archiving(ArchivingStatus engine) {
    Optional<SlotStatus> slot = engine.slot();
    String message = engine.message();
    return new dev.pgbackup.contract.status.ArchivingStatus(
        state(engine.state()),
        engine.transport().orElse(null),
        null,
        engine.slotName(),
        slot.map(found -> found.availability().name().toLowerCase(Locale.ROOT)).orElse(null),
        slot.map(SlotStatus::retainedBytes).orElse(null),
        engine.received().map(Lsn::toString).orElse(null),
        engine.durable().map(Lsn::toString).orElse(null),
        engine.lagBytes().orElse(null),
        engine.upToDateAt().orElse(null),
        engine
            .reason()
            .map(reason -> new Failure(reason.name(), message, protection.stateSince()))
            .orElse(null),
        message.isEmpty() ? null : message);
  }

  private static State state(ArchivingState state) {
    return switch (state) {
      case Stopped -> State.Stopped;
      case Connecting -> State.Connecting;
      case Streaming -> State.Streaming;
      case Lagging -> State.Lagging;
      case StoreDown -> State.StoreDown;
      case AtRisk -> State.AtRisk;
      case SlotLost -> State.SlotLost;
      case Divergent -> State.Divergent;
      case SecondWriter -> State.SecondWriter;
      case Refused -> State.Refused;
    };
  }

  private List<Failure> problems(
      dev.pgbackup.contract.status.ArchivingStatus archiving,
      @Nullable Failure configError,
      Optional<RetentionStatus> retention) {
    List<Failure> problems = new ArrayList<>();
    if (archiving.state() != State.Streaming && archiving.state() != State.Stopped) {
      Failure error = archiving.lastError();
      if (error != null) {
        problems.add(error);
      } else if (archiving.advice() != null) {
        problems.add(
            new Failure(archiving.state().name(), archiving.advice(), protection.stateSince()));
      }
    }
    protection.desk().lastFailure().ifPresent(problems::add);
    retention.map(RetentionStatus::failure).ifPresent(problems::add);
    protection.lookFailure().ifPresent(problems::add);
    if (configError != null) {
      problems.add(configError);
    }
    return problems;
  }
}
