package dev.pgbackup.engine.archive;

import dev.pgbackup.engine.archive.format.BackupId;
import dev.pgbackup.engine.archive.format.FormatVersion;
import dev.pgbackup.engine.archive.format.Pin;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutCondition;
import dev.pgbackup.engine.store.PutOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must not be deleted for the time being. A pin lives as long as its holder renews it; one
 * that has run out counts for nothing and may be taken by somebody else. So may one whose holder
 * was the archive's writer, by a later writer: the earlier one has lost the right to write, and
 * learns of the pin's loss when it renews it.
 */
public final class Pins {

  private static final Logger LOG = LoggerFactory.getLogger(Pins.class);

  private final Archive archive;
  private final StoredDocuments documents;

  Pins(Archive archive) {
    this.archive = archive;
    this.documents = new StoredDocuments(archive.store());
  }

  /**
   * What a pin protects.
   *
   * @param backups whose manifests and chunks are in use
   * @param timeline with {@code walFrom}: WAL from there on is in use; null if none
   */
  public record Content(Set<BackupId> backups, @Nullable Timeline timeline, @Nullable Lsn walFrom) {

    public Content {
      backups = Set.copyOf(backups);
    }

    public static Content of(Set<BackupId> backups) {
      return new Content(backups, null, null);
    }
  }

  /**
   * Who takes a pin.
   *
   * @param name for people
   * @param epoch of {@code owner.json} that the holder has; empty if it is not the writer
   */
  public record Holder(String name, OptionalLong epoch) {

    /** Somebody who is not the archive's writer. */
    public static Holder named(String name) {
      return new Holder(name, OptionalLong.empty());
    }

    private boolean succeeds(Pin pin) {
      return pin.epoch() != null && epoch.isPresent() && pin.epoch() < epoch.getAsLong();
    }

    private @Nullable Long epochOrNull() {
      return epoch.isPresent() ? epoch.getAsLong() : null;
    }
  }

  /** A pin; empty if there is none of that id. */
  public Optional<Pin> find(String id) {
    return documents
        .find(archive.layout().pin(id), Pin.class)
        .map(StoredDocuments.Stored::document);
  }

  /**
   * Takes a pin of which only one can be held at a time.
   *
   * @param lease for how long it counts after it was last renewed
   * @return the pin, or whose it is
   */
  public Taking take(String id, Holder holder, Content content, Duration lease, Clock clock) {
    Optional<StoredDocuments.Stored<Pin>> there =
        documents.find(archive.layout().pin(id), Pin.class);
    Optional<Pin> other =
        there
            .map(StoredDocuments.Stored::document)
            .filter(pin -> pin.until().isAfter(clock.instant()));
    if (other.isPresent()) {
      if (!holder.succeeds(other.get())) {
        return new Taking.Refused(other.get());
      }
      LOG.info("What an earlier run of this agent left is taken over: {}.", other.get().holder());
    }
    PutCondition condition =
        there.map(pin -> PutCondition.matches(pin.info().etag())).orElseGet(PutCondition::absent);
    Held held = new Held(id, holder, lease, clock);
    try {
      held.write(content, condition);
      return new Taking.Taken(held);
    } catch (PreconditionFailedException quicker) {
      return find(id)
          .<Taking>map(Taking.Refused::new)
          .orElseGet(() -> take(id, holder, content, lease, clock));
    }
  }

  /** What came of an attempt to take a pin. */
  public sealed interface Taking {

    /** It is ours. */
    record Taken(Held pin) implements Taking {}

    /** Somebody else holds it. */
    record Refused(Pin by) implements Taking {}
  }

  /** A pin that this process holds. Its methods may be called by any thread. */
  public final class Held implements AutoCloseable {

    private final String key;
    private final Holder holder;
    private final Duration lease;
    private final Clock clock;
    private Content content = Content.of(Set.of());
    private String etag = "";
    private boolean lost;

    private Held(String id, Holder holder, Duration lease, Clock clock) {
      this.key = archive.layout().pin(id);
      this.holder = holder;
      this.lease = lease;
      this.clock = clock;
    }

    private void write(Content wanted, PutCondition condition) {
      Instant until = clock.instant().plus(lease).truncatedTo(ChronoUnit.MILLIS);
      Pin pin =
          new Pin(
              FormatVersion.CURRENT,
              holder.name(),
              holder.epochOrNull(),
              until,
              wanted.backups(),
              wanted.timeline(),
              wanted.walFrom());
      ObjectInfo stored = documents.put(key, pin, PutOptions.when(condition));
      etag = stored.etag();
      content = wanted;
    }

    /**
     * Makes the pin count for another lease.
     *
     * @return false if somebody else has taken it, because it had run out: what it protected may be
     *     gone
     */
    public synchronized boolean renew() {
      return protect(content);
    }

    /**
     * Renews the pin and makes it protect something else.
     *
     * @return as {@link #renew}
     */
    public synchronized boolean protect(Content wanted) {
      if (lost) {
        return false;
      }
      try {
        write(wanted, PutCondition.matches(etag));
      } catch (PreconditionFailedException taken) {
        lost = true;
        LOG.warn("The pin {} was taken by somebody else.", key);
      }
      return !lost;
    }

    /** Gives the pin up, unless somebody else has taken it. */
    @Override
    public synchronized void close() {
      if (lost) {
        return;
      }
      boolean own =
          archive.store().head(key).map(object -> object.etag().equals(etag)).orElse(false);
      if (own) {
        archive.store().delete(List.of(key));
      }
      lost = true;
    }
  }
}
