package dev.pgbackup.engine.restore;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.restore.base.BaseSettings;
import dev.pgbackup.engine.restore.replay.ReplaySettings;
import dev.pgbackup.engine.restore.replay.TargetAction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a restore is done.
 *
 * @param directory the data directory to be
 * @param base how the base backup is restored
 * @param replay how WAL is replayed
 * @param action what happens at the target
 * @param slot the slot that holds the WAL of a directory that takes the master's place, from its
 *     first byte on; empty for none
 * @param predecessor for how long a server that an earlier, cut off run left behind may take to end
 */
public record RestoreSettings(
    Path directory,
    BaseSettings base,
    ReplaySettings replay,
    TargetAction action,
    Optional<String> slot,
    Duration predecessor) {

  public RestoreSettings {
    directory = directory.toAbsolutePath().normalize();
    slot.filter(name -> !name.matches("[a-z0-9_]{1,63}"))
        .ifPresent(
            name -> {
              throw new EngineException(
                  Reason.InvalidArgument,
                  "\""
                      + name
                      + "\" is no name of a slot: PostgreSQL allows up to 63 lower case letters, digits and"
                      + " underscores.");
            });
  }

  /** The defaults: into an empty directory, promoted. */
  public static RestoreSettings into(Path directory) {
    return new RestoreSettings(
        directory,
        BaseSettings.DEFAULT,
        ReplaySettings.DEFAULT,
        TargetAction.Promote,
        Optional.empty(),
        Duration.ofSeconds(30));
  }

  public RestoreSettings withBase(BaseSettings other) {
    return new RestoreSettings(directory, other, replay, action, slot, predecessor);
  }

  public RestoreSettings withReplay(ReplaySettings other) {
    return new RestoreSettings(directory, base, other, action, slot, predecessor);
  }

  public RestoreSettings withAction(TargetAction other) {
    return new RestoreSettings(directory, base, replay, other, slot, predecessor);
  }

  public RestoreSettings withSlot(String name) {
    return new RestoreSettings(directory, base, replay, action, Optional.of(name), predecessor);
  }
}
