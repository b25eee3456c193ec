package dev.pgbackup.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Clears up when this JVM ends, however it ends: a shell that reads from a pipe what is there, and
 * kills and deletes it when the pipe closes.
 *
 * <p>A shutdown hook does not run when the JVM is killed; the pipe closes even then.
 */
public final class Guard {

  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      list=
      while read -r word what; do
        case $word in
          kill) list="$list $what" ;;
          ended) list=$(for id in $list; do [ "$id" = "$what" ] || printf ' %s' "$id"; done) ;;
          delete) folders="$folders
      $what" ;;
        esac
      done
      [ -z "$list" ] || kill -KILL $list
      printf '%s\\n' "$folders" | while read -r folder; do
        [ -z "$folder" ] || rm -rf -- "$folder"
      done
      """;

  private static final Guard OF_THIS_JVM = new Guard();

  private final OutputStream pipe;

  private Guard() {
    try {
      pipe =
          new ProcessBuilder("/bin/sh", "-c", SCRIPT)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .getOutputStream();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Has a process killed at the end, unless it ends before. */
  public static void watch(Process process) {
    OF_THIS_JVM.tell("kill " + process.pid());
    process.onExit().thenAccept(ended -> OF_THIS_JVM.tell("ended " + ended.pid()));
  }

  /** Has a folder deleted at the end. */
  public static void watch(Path folder) {
    OF_THIS_JVM.tell("delete " + folder.toAbsolutePath());
  }

  private synchronized void tell(String line) {
    try {
      pipe.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      pipe.flush();
    } catch (IOException failure) {
      throw new UncheckedIOException("nobody is left to clear up", failure);
    }
  }
}
