package dev.pgbackup.bench.whole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What Linux counts of processes: CPU time and memory. */
final class Kernel {

  /** Ticks a second of all CPU times in {@code /proc}. */
  private static final double TICKS = 100;

  private static final int USER = 11;
  private static final int CHILDREN_USER = 13;

  private Kernel() {}

  /** CPU seconds of a process and all below it, those included that have ended. */
  static double cpuOfTree(long pid) {
    Stream<Long> below =
        ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).map(ProcessHandle::pid);
    return Stream.concat(Stream.of(pid), below)
        .mapToDouble(each -> pair(each, USER) + pair(each, CHILDREN_USER))
        .sum();
  }

  /** CPU seconds of this process alone. */
  static double cpuOfSelf() {
    return pair(ProcessHandle.current().pid(), USER);
  }

  /** CPU seconds of the children of this process that have ended, and of theirs. */
  static double cpuOfEndedChildren() {
    return pair(ProcessHandle.current().pid(), CHILDREN_USER);
  }

  /** CPU seconds of the whole machine in which it was not idle. */
  static double cpuOfMachine() {
    String[] fields = lines(Path.of("/proc/stat")).get(0).split("\\s+");
    double busy = 0;
    for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
      busy += Long.parseLong(fields[i]);
    }
    return busy / TICKS;
  }

  /** The most memory that a process ever had; 0 if it is gone. */
  static long peakRss(long pid) {
    return lines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(kib -> Long.parseLong(kib) << 10)
        .findFirst()
        .orElse(0);
  }

  /** User and system time of a process; nothing if it is gone. */
  private static double pair(long pid, int at) {
    List<String> stat = lines(Path.of("/proc/" + pid + "/stat"));
    if (stat.isEmpty()) {
      return 0;
    }
    String line = String.join(" ", stat);
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[at]) + Long.parseLong(fields[at + 1])) / TICKS;
  }

  /** The lines of a file of {@code /proc}; none if its process is gone. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException gone) {
      if (!file.startsWith("/proc") || file.getNameCount() < 3) {
        throw new UncheckedIOException(gone);
      }
      return List.of();
    }
  }
}
