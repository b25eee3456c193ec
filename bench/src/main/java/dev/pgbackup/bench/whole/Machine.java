package dev.pgbackup.bench.whole;

import java.nio.file.Path;

/** Where it was measured. */
record Machine(String processor, int cores, long memoryBytes, String kernel, String java) {

  static Machine here() {
    return new Machine(
        field("/proc/cpuinfo", "model name"),
        Runtime.getRuntime().availableProcessors(),
        Long.parseLong(field("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "")) << 10,
        System.getProperty("os.name") + " " + System.getProperty("os.version").split("-", 2)[0],
        System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
  }

  private static String field(String file, String name) {
    return Kernel.lines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("0");
  }

  @Override
  public String toString() {
    return "%d cores (%s), %d GiB, %s, %s"
        .formatted(cores, processor, memoryBytes >> 30, kernel, java);
  }
}
