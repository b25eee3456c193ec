package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.Documents;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Owner;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to an archive: held by one process at a time, by {@code owner.json} with an
 * epoch.
 *
 * <p>A writer takes over by itself only from what is provably an earlier run of itself: one with
 * the same slot that ended in order, or ran on the same host for the same database, or has not
 * renewed its claim for a while. Anybody else is refused until a person names the epoch that is to
 * be taken over.
 *
 * <p>Where the store cannot replace an object on condition, all this is best effort.
 */
public final class Ownership implements WriteRight {

  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

  /**
   * Who wants to write.
   *
   * @param host where this process runs
   * @param database address of the server, without credentials
   * @param slot name of the replication slot
   */
  public record Writer(String host, String database, String slot) {}

  /**
   * How long claims hold.
   *
   * @param renewal the writer writes its claim again after this time
   * @param expiry a claim that was seen unchanged for this long is of a dead writer
   * @param lookAge a look at the claim counts for this long
   */
  public record Lease(Duration renewal, Duration expiry, Duration lookAge) {
    public static final Lease DEFAULT =
        new Lease(Duration.ofSeconds(60), Duration.ofSeconds(180), Duration.ofSeconds(5));
  }

  private final Archive archive;
  private final Writer writer;
  private final @Nullable Long takeOverEpoch;
  private final Lease lease;
  private final Clock clock;
  private final String process = UUID.randomUUID().toString();

  private @Nullable Owner mine;
  private String etag = "";
  private Instant lookedAt = Instant.MIN;
  private @Nullable String watchedEtag;
  private Instant watchedSince = Instant.MIN;

  /**
   * @param takeOverEpoch the epoch of an owner that a person allows to be replaced; null for none
   */
  public Ownership(
      Archive archive, Writer writer, @Nullable Long takeOverEpoch, Lease lease, Clock clock) {
    this.archive = archive;
    this.writer = writer;
    this.takeOverEpoch = takeOverEpoch;
    this.lease = lease;
    this.clock = clock;
  }

  /** Who writes an archive; empty if nobody ever did. */
  public static Optional<Owner> read(Archive archive) {
    String key = archive.layout().owner();
    return SmallObjects.read(archive.store(), key)
        .map(json -> Documents.read(json, Owner.class, key));
  }

  /**
   * Takes the right to write.
   *
   * @return how long to wait before the next try, because the earlier owner may still be alive;
   *     empty when it is taken
   * @throws EngineException with {@code SecondWriter} if somebody else has it
   */
  public synchronized Optional<Duration> take() {
    if (mine != null) {
      check();
      return Optional.empty();
    }
    String key = archive.layout().owner();
    Optional<SmallObjects.Versioned> there = SmallObjects.readVersioned(archive.store(), key);
    if (there.isEmpty()) {
      return takeAs(next(null), PutCondition.absent());
    }
    Owner owner = Documents.read(there.get().content(), Owner.class, key);
    String version = there.get().info().etag();
    Instant now = clock.instant();
    if (!version.equals(watchedEtag)) {
      boolean renewed = watchedEtag != null;
      watchedEtag = version;
      watchedSince = now;
      if (renewed && !mayReplace(owner)) {
        throw refused(owner, "it is alive: it has just renewed its claim");
      }
    }
    if (mayReplace(owner)) {
      return takeAs(next(owner), PutCondition.matches(version));
    }
    if (!owner.slot().equals(writer.slot())) {
      throw refused(owner, "it reads another slot, so it is not an earlier run of this agent");
    }
    Duration left = lease.expiry().minus(Duration.between(watchedSince, now));
    if (left.isNegative() || left.isZero()) {
      return takeAs(next(owner), PutCondition.matches(version));
    }
    Duration step = lease.expiry().dividedBy(10);
    return Optional.of(left.compareTo(step) < 0 ? left : step);
  }

  private boolean mayReplace(Owner owner) {
    if (takeOverEpoch != null && owner.epoch() == takeOverEpoch) {
      return true;
    }
    if (!owner.slot().equals(writer.slot())) {
      return false;
    }
    return owner.released()
        || (owner.host().equals(writer.host()) && owner.database().equals(writer.database()));
  }

  private Owner next(@Nullable Owner before) {
    Instant now = now();
    return new Owner(
        FormatVersion.CURRENT,
        before == null ? 1 : before.epoch() + 1,
        process,
        writer.host(),
        writer.database(),
        writer.slot(),
        before == null ? null : before.timeline(),
        before == null ? null : before.timelineSeenAt(),
        before == null ? null : before.durable(),
        now,
        now,
        false);
  }

  private Optional<Duration> takeAs(Owner owner, PutCondition condition) {
    try {
      write(owner, condition);
    } catch (PreconditionFailedException e) {
      return Optional.of(Duration.ofSeconds(1));
    }
    LOG.info("Archive {}: this agent writes, with epoch {}.", archive.id(), owner.epoch());
    return Optional.empty();
  }

  private void write(Owner owner, PutCondition condition) {
    etag =
        SmallObjects.put(
                archive.store(),
                archive.layout().owner(),
                Documents.write(owner),
                PutOptions.when(condition))
            .etag();
    mine = owner;
    lookedAt = clock.instant();
  }

  /** The document as this writer last wrote it; empty before the right was taken. */
  public synchronized Optional<Owner> held() {
    return Optional.ofNullable(mine);
  }

  /**
   * Makes sure that nobody else has taken over; to be called before anything is sealed or
   * published.
   *
   * @throws EngineException with {@code SecondWriter}
   */
  @Override
  public synchronized void check() {
    Owner own = requireHeld();
    Instant now = clock.instant();
    if (Duration.between(lookedAt, now).compareTo(lease.lookAge()) < 0) {
      return;
    }
    Owner there = read(archive).orElseThrow(() -> vanished());
    if (!there.writer().equals(own.writer())) {
      throw refused(there, "it took over from this agent");
    }
    lookedAt = now;
  }

  /**
   * Notes where the server is and what is durable; writes at once when the timeline changes, else
   * when it is due.
   */
  @Override
  public synchronized void note(Timeline timeline, Lsn seenAt, Lsn durable) {
    Owner own = requireHeld();
    Instant now = now();
    boolean moved = !timeline.equals(own.timeline());
    if (moved || !now.isBefore(own.renewedAt().plus(lease.renewal()))) {
      replace(own.at(timeline, seenAt, durable, now));
    }
  }

  /** Writes the claim again when it is due. */
  @Override
  public synchronized void renew() {
    Owner own = requireHeld();
    Instant now = now();
    if (!now.isBefore(own.renewedAt().plus(lease.renewal()))) {
      replace(own.renewed(now, false));
    }
  }

  /**
   * Lets an earlier or later run of the same agent take over at once. Without effect where nothing
   * is held.
   */
  public synchronized void release() {
    Owner own = mine;
    if (own != null) {
      replace(own.renewed(now(), true));
      mine = null;
    }
  }

  private void replace(Owner owner) {
    try {
      write(owner, PutCondition.matches(etag));
    } catch (PreconditionFailedException e) {
      Optional<SmallObjects.Versioned> there =
          SmallObjects.readVersioned(archive.store(), archive.layout().owner());
      Owner other =
          there
              .map(
                  object -> Documents.read(object.content(), Owner.class, archive.layout().owner()))
              .orElseThrow(() -> vanished());
      if (!other.writer().equals(owner.writer())) {
        throw refused(other, "it took over from this agent");
      }
      write(owner, PutCondition.matches(there.get().info().etag()));
    }
  }

  private Owner requireHeld() {
    if (mine == null) {
      throw new IllegalStateException("the archive is not owned");
    }
    return mine;
  }

  private EngineException vanished() {
    return new EngineException(
        Reason.ArchiveDamaged,
        archive.layout().owner()
            + " has vanished from "
            + archive.store().describe()
            + ". Somebody deletes objects of the archive: find out who, then start the agent again.");
  }

  private EngineException refused(Owner owner, String why) {
    return new EngineException(
        Reason.SecondWriter,
        "Archive "
            + archive.id()
            + " is written by another agent (host "
            + owner.host()
            + ", database "
            + owner.database()
            + ", slot "
            + owner.slot()
            + ", epoch "
            + owner.epoch()
            + "): "
            + why
            + ". Stop that agent, then allow this one to take over epoch "
            + owner.epoch()
            + "; or begin a new lineage if this server is a copy.");
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
