package dev.pgbackup.engine.wal.index;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.Timeline;
import dev.pgbackup.engine.postgres.TimelineHistory;
import dev.pgbackup.engine.wal.ArchivedWal;
import dev.pgbackup.engine.wal.record.WalImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Archived WAL in memory, which counts what is read of it. */
public final class MemoryWal implements ArchivedWal {

  private record Part(Timeline timeline, Lsn start, byte[] bytes) {
    Lsn end() {
      return start.plus(bytes.length);
    }

    boolean contains(Lsn position) {
      return !position.isBefore(start) && position.isBefore(end());
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private final Map<Timeline, TimelineHistory> histories = new HashMap<>();
  private long bytesRead;

  public MemoryWal with(Timeline timeline, WalImage image) {
    parts.add(new Part(timeline, image.start(), image.bytes()));
    return this;
  }

  public MemoryWal without(Timeline timeline) {
    parts.removeIf(part -> part.timeline().equals(timeline));
    return this;
  }

  public MemoryWal with(TimelineHistory history) {
    histories.put(history.timeline(), history);
    return this;
  }

  public long bytesRead() {
    return bytesRead;
  }

  @Override
  public Lsn contiguousEnd(Timeline timeline, Lsn from) {
    return part(timeline, from).map(Part::end).orElse(from);
  }

  @Override
  public void read(Timeline timeline, Lsn from, Lsn to, Consumer<ByteBuffer> sink) {
    Part part =
        part(timeline, from)
            .filter(p -> !to.isAfter(p.end()))
            .orElseThrow(() -> new EngineException(Reason.WalGapInRange, "no WAL at " + from));
    bytesRead += to.minus(from);
    int offset = (int) from.minus(part.start());
    sink.accept(
        ByteBuffer.wrap(part.bytes(), offset, (int) to.minus(from)).slice().asReadOnlyBuffer());
  }

  @Override
  public Optional<TimelineHistory> history(Timeline timeline) {
    return Optional.ofNullable(histories.get(timeline));
  }

  private Optional<Part> part(Timeline timeline, Lsn position) {
    return parts.stream()
        .filter(part -> part.timeline().equals(timeline) && part.contains(position))
        .findFirst();
  }
}
