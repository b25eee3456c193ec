package dev.pgbackup.engine.backup;

import dev.pgbackup.engine.archive.format.Chunk;
import dev.pgbackup.engine.backup.CopiedPart.State;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.postgres.Lsn;
import dev.pgbackup.engine.postgres.session.ServerSession;
import dev.pgbackup.engine.store.decorate.RateLimit;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads pieces of files over one session, and keeps their chunks. */
final class CopyWorker implements Callable<@Nullable Void>, AutoCloseable {

  /** Bytes of a row of the COPY: larger ones are no faster and burden the garbage collector. */
  static final int ROW = 256 << 10;

  private static final int PAGE_TRIES = 5;
  private static final long PAGE_WAIT_MILLIS = 50;

  private final ServerSession session;
  private final BlockingQueue<CopyTask> tasks;
  private final ChunkStore chunks;
  private final RateLimit limit;
  private final @Nullable PageCheck pages;
  private final CorruptPages corrupt;
  private final CopyProgress progress;
  private final byte[] plain = new byte[Chunk.SIZE];
  private final List<SuspectPage> suspects = new ArrayList<>();

  /** A page that has to be read again. */
  private record SuspectPage(SourceFile file, long offset, long number) {}

  /**
   * @param pages null: pages carry no checksums
   */
  CopyWorker(
      ServerSession session,
      BlockingQueue<CopyTask> tasks,
      ChunkStore chunks,
      RateLimit limit,
      @Nullable PageCheck pages,
      CorruptPages corrupt,
      CopyProgress progress) {
    this.session = session;
    this.tasks = tasks;
    this.chunks = chunks;
    this.limit = limit;
    this.pages = pages;
    this.corrupt = corrupt;
    this.progress = progress;
  }

  /** Works until it comes to a task without parts. */
  @Override
  public @Nullable Void call() throws InterruptedException {
    for (CopyTask task = tasks.take(); !task.parts().isEmpty(); task = tasks.take()) {
      task.result().complete(copy(task.parts()));
    }
    return null;
  }

  private List<CopiedPart> copy(List<FilePart> parts) {
    List<CopiedPart> copied = new ArrayList<>(parts.size());
    List<FilePart> toRead = parts.stream().filter(part -> part.length() > 0).toList();
    if (toRead.isEmpty()) {
      parts.forEach(part -> copied.add(new CopiedPart(part, State.Whole, List.of())));
      return copied;
    }
    try (BinaryCopy rows = new BinaryCopy(session.jdbc(), query(toRead))) {
      Rows source = new Rows(rows);
      int index = 0;
      for (FilePart part : parts) {
        copied.add(
            part.length() == 0
                ? new CopiedPart(part, State.Whole, List.of())
                : copy(part, ++index, source));
      }
      source.requireEnd();
    } catch (SQLException failure) {
      throw session.errors().of("reading files", failure);
    }
    readAgain();
    return copied;
  }

  /** One row per 256 KiB of each part, numbered from 1 by part, in order. */
  private static String query(List<FilePart> parts) {
    return "SELECT p.n::int, pg_read_binary_file(p.path, o, least("
        + ROW
        + ", p.upto - o), true) FROM unnest("
        + SqlText.texts(parts.stream().map(part -> part.file().path()).toList())
        + ", "
        + SqlText.longs(parts.stream().map(FilePart::from).toList())
        + ", "
        + SqlText.longs(parts.stream().map(FilePart::to).toList())
        + ") WITH ORDINALITY AS p(path, since, upto, n), LATERAL generate_series(p.since, p.upto - 1, "
        + ROW
        + ") AS o";
  }

  /** The rows of a statement, one of which may be looked at twice. */
  private final class Rows {

    private final BinaryCopy rows;
    private boolean there;

    Rows(BinaryCopy rows) throws SQLException {
      this.rows = rows;
      this.there = rows.next();
    }

    boolean isOf(int part) {
      return there && rows.intAt(0) == part;
    }

    void advance() throws SQLException {
      there = rows.next();
    }

    void requireEnd() {
      if (there) {
        throw new EngineException(
            Reason.DatabaseRefused, "The server sent rows of files in another order than asked.");
      }
    }
  }

  private CopiedPart copy(FilePart part, int index, Rows source) throws SQLException {
    List<Chunk> kept = new ArrayList<>();
    long position = part.from();
    int filled = 0;
    State state = State.Whole;
    for (; source.isOf(index); source.advance()) {
      int length = source.rows.length(1);
      if (state != State.Whole) {
        continue;
      }
      int wanted = (int) Math.min(ROW, part.to() - position - filled);
      if (length > 0) {
        limit.pass(length);
        progress.read(length);
        System.arraycopy(source.rows.buffer(), source.rows.offset(1), plain, filled, length);
        filled += length;
      }
      if (length < wanted) {
        state = length < 0 && position + filled == part.from() ? State.Gone : State.CutShort;
      }
      boolean whole = filled == Chunk.SIZE || position + filled == part.to();
      if (filled > 0 && (whole || state != State.Whole)) {
        kept.add(keep(part, position, filled));
        position += filled;
        filled = 0;
      }
    }
    return new CopiedPart(part, state, kept);
  }

  private Chunk keep(FilePart part, long position, int length) {
    check(part.file(), position, length);
    int number = (int) ((position - part.from()) / Chunk.SIZE);
    return chunks.keep(
        plain,
        length,
        number < part.earlier().size()
            ? Optional.of(part.earlier().get(number))
            : Optional.empty());
  }

  private void check(SourceFile file, long position, int length) {
    PageCheck check = pages;
    if (check == null || file.relation().isEmpty()) {
      return;
    }
    long first = file.relation().get().firstPage();
    for (int at = 0; at + PageChecksum.PAGE <= length; at += PageChecksum.PAGE) {
      long number = first + (position + at) / PageChecksum.PAGE;
      if (!check.isSound(plain, at, number)) {
        suspects.add(new SuspectPage(file, position + at, number));
      }
    }
  }

  /** What was read while the server wrote it is sound a moment later, or of a later time. */
  private void readAgain() {
    for (int i = 0; i < PAGE_TRIES && !suspects.isEmpty(); i++) {
      if (i > 0) {
        pause();
      }
      suspects.removeIf(this::isSoundNow);
    }
    suspects.forEach(suspect -> corrupt.add(suspect.file(), suspect.number()));
    suspects.clear();
  }

  private boolean isSoundNow(SuspectPage suspect) {
    try (PreparedStatement statement =
        session
            .jdbc()
            .prepareStatement(
                "SELECT pg_read_binary_file(?, ?, ?, true), pg_current_wal_insert_lsn()")) {
      statement.setString(1, suspect.file().path());
      statement.setLong(2, suspect.offset());
      statement.setLong(3, PageChecksum.PAGE);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        byte[] page = row.getBytes(1);
        PageCheck check = pages;
        return page == null
            || page.length < PageChecksum.PAGE
            || check == null
            || check.isSound(page, 0, suspect.number())
            || check.isChanging(page, 0, Lsn.parse(row.getString(2)));
      }
    } catch (SQLException failure) {
      throw session.errors().of("reading a page again", failure);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAGE_WAIT_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new EngineException(
          Reason.Interrupted, "waiting to read a page again was interrupted", interrupted);
    }
  }

  @Override
  public void close() {
    chunks.close();
  }
}
