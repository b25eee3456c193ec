package dev.pgbackup.engine.restore.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The agent's side of {@code server.sh}: orders by files. */
final class FolderServer {

  private final SharedFolder folder;
  private final String postgres;

  /**
   * @param postgres the program, as the server's side finds it
   */
  FolderServer(SharedFolder folder, String postgres) {
    this.folder = folder;
    this.postgres = postgres;
  }

  void start(List<String> arguments, String input) {
    List<String> words = new ArrayList<>(List.of(postgres));
    words.addAll(arguments);
    String script = "exec " + ShellWords.command(words);
    if (!input.isEmpty()) {
      folder.write("input", input);
      script += " < " + ShellWords.quote(folder.seenByServer("input"));
    }
    folder.delete("exited");
    folder.delete("stop");
    folder.write("start", script + "\n");
  }

  OptionalInt exited() {
    return folder.read("exited").map(String::strip).stream().mapToInt(Integer::parseInt).findAny();
  }

  void stop(ReplayServer.Stop how) {
    folder.write("stop", how.signal() + "\n");
  }

  /** The loop ends when no server runs any more. */
  void leave() {
    folder.write("leave", "");
  }
}
