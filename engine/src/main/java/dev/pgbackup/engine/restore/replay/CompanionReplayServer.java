package dev.pgbackup.engine.restore.replay;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL in a container beside this one, which sees the same folders at the same paths.
 *
 * <p>A small loop there waits for the file {@code serve} in a folder that both see, reads the path
 * of a run's shared folder from it, removes it, and runs {@code bin/server.sh} of that folder. When
 * it begins it writes something of its own into {@code companion}: so it is known when it was
 * started anew, and a server with it.
 */
public final class CompanionReplayServer implements ReplayServer {

  private static final String SERVE = "serve";
  private static final String COMPANION = "companion";
  private static final int KILLED = 137;

  private final Path meeting;
  private final String postgres;
  private final Duration patience;
  private @Nullable FolderServer orders;
  private @Nullable String companion;
  private boolean started;

  /**
   * @param meeting the folder where the loop waits
   * @param postgres the program, as the other container finds it
   * @param patience for how long the loop may be on its way, and a server may take to end
   */
  public CompanionReplayServer(Path meeting, String postgres, Duration patience) {
    this.meeting = meeting;
    this.postgres = postgres;
    this.patience = patience;
  }

  @Override
  public void open(SharedFolder folder) {
    await(() -> companion() != null);
    companion = companion();
    if (companion == null) {
      throw new EngineException(
          Reason.HostFailure,
          "Nobody waits in "
              + meeting
              + " to run PostgreSQL. Look at the log of the container beside this one.");
    }
    orders = new FolderServer(folder, postgres);
    try {
      Path part = meeting.resolve(SERVE + ".part");
      Files.writeString(part, folder + "\n");
      Files.move(part, meeting.resolve(SERVE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  @Override
  public void start(List<String> arguments, String input) {
    started = true;
    orders().start(arguments, input);
  }

  @Override
  public OptionalInt exited() {
    OptionalInt code = orders().exited();
    return code.isEmpty() && isGone() ? OptionalInt.of(KILLED) : code;
  }

  /** Whether the other container was started anew: what ran in it runs no more. */
  private boolean isGone() {
    return companion != null && !companion.equals(companion());
  }

  private @Nullable String companion() {
    try {
      return Files.readString(meeting.resolve(COMPANION));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  @Override
  public void stop(Stop how) {
    orders().stop(how);
  }

  @Override
  public void close() {
    FolderServer running = orders;
    if (running == null) {
      return;
    }
    orders = null;
    if (started && running.exited().isEmpty() && !isGone()) {
      running.stop(Stop.IMMEDIATE);
      await(() -> running.exited().isPresent() || isGone());
    }
    running.leave();
  }

  /** Waits for something, as long as there is patience; an interrupt ends it, too. */
  private void await(BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private FolderServer orders() {
    if (orders == null) {
      throw new IllegalStateException("not opened");
    }
    return orders;
  }

  private EngineException unusable(IOException cause) {
    return new EngineException(
        Reason.HostFailure,
        "The folder " + meeting + ", by which PostgreSQL is reached, cannot be used: " + cause,
        cause);
  }
}
