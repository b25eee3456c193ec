package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.postgres.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a server prints, read as it grows. Only its end is kept. */
final class ServerLog {

  private static final Pattern PROGRESS =
      Pattern.compile("redo in progress, .*current LSN: ([0-9A-F]+/[0-9A-F]+)");
  private static final Pattern FAILURE = Pattern.compile(" (ERROR|FATAL|PANIC):  (.*)");
  private static final Pattern ADDITION = Pattern.compile("(DETAIL|HINT):  (.*)");
  private static final int LINES = 40;
  private static final int FAILURES = 5;

  private final SharedFolder folder;
  private final Path file;
  private final StringBuilder unfinished = new StringBuilder();
  private final Deque<String> lines = new ArrayDeque<>();
  private final Deque<String> failures = new ArrayDeque<>();
  private long position;
  private boolean cannotListen;
  private boolean paused;
  private @Nullable Lsn redo;

  ServerLog(SharedFolder folder) {
    this.folder = folder;
    this.file = folder.path(ServerFiles.LOG);
  }

  /** Reads what has been added. */
  void read() {
    ByteBuffer piece = ByteBuffer.allocate(64 << 10);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int n;
      while ((n = channel.read(piece.clear(), position)) > 0) {
        position += n;
        take(new String(piece.array(), 0, n, StandardCharsets.UTF_8));
      }
    } catch (NoSuchFileException e) {
      // the folder was removed under a server that is being stopped
    } catch (IOException e) {
      throw folder.failed("cannot be read", e);
    }
  }

  private void take(String text) {
    unfinished.append(text);
    int begin = 0;
    int end;
    while ((end = unfinished.indexOf("\n", begin)) >= 0) {
      line(unfinished.substring(begin, end));
      begin = end + 1;
    }
    unfinished.delete(0, begin);
  }

  private void line(String line) {
    keep(lines, line, LINES);
    Matcher progress = PROGRESS.matcher(line);
    if (progress.find()) {
      redo = Lsn.parse(progress.group(1));
    }
    Matcher failure = FAILURE.matcher(line);
    Matcher addition = ADDITION.matcher(line);
    if (failure.find()) {
      keep(failures, failure.group(2), FAILURES);
    } else if (addition.find() && !failures.isEmpty()) {
      failures.addLast(failures.removeLast() + " (" + addition.group(2) + ")");
    }
    cannotListen |= line.contains("could not bind") || line.contains("could not create any TCP/IP");
    paused |= line.contains("pausing at the end of recovery");
  }

  private static void keep(Deque<String> last, String line, int most) {
    last.addLast(line);
    if (last.size() > most) {
      last.removeFirst();
    }
  }

  /** The position that the server last named while it replayed. */
  Optional<Lsn> redo() {
    return Optional.ofNullable(redo);
  }

  /** Whether the server waits at its target. */
  boolean paused() {
    return paused;
  }

  /** Whether the port was taken. */
  boolean cannotListen() {
    return cannotListen;
  }

  /** What the server complained of, or the end of what it printed where it did not. */
  String failures() {
    if (!failures.isEmpty()) {
      return String.join("; ", failures);
    }
    List<String> end = new ArrayList<>(lines);
    return String.join(" | ", end.subList(Math.max(0, end.size() - FAILURES), end.size()));
  }

  /** The end of what the server printed. */
  List<String> tail() {
    return List.copyOf(lines);
  }
}
