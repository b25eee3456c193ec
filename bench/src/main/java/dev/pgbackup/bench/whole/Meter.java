package dev.pgbackup.bench.whole;

import java.util.function.DoubleSupplier;

/** Reads the machine's clocks at the beginning and at the end of something. */
final class Meter {

  private final long server;
  private final long store;
  private final DoubleSupplier tool;
  private final double toolAt;
  private final double serverAt;
  private final double storeAt;
  private final double selfAt;
  private final double machineAt;
  private final long beganAt;

  /**
   * Begins.
   *
   * @param server process of the database server
   * @param store process of the object store
   * @param tool CPU seconds of what is measured
   */
  Meter(long server, long store, DoubleSupplier tool) {
    this.server = server;
    this.store = store;
    this.tool = tool;
    this.toolAt = tool.getAsDouble();
    this.serverAt = Kernel.cpuOfTree(server);
    this.storeAt = Kernel.cpuOfTree(store);
    this.selfAt = Kernel.cpuOfSelf();
    this.machineAt = Kernel.cpuOfMachine();
    this.beganAt = System.nanoTime();
  }

  /** What was used since the beginning. */
  Usage read(long peakRss) {
    double seconds = (System.nanoTime() - beganAt) / 1e9;
    double ofTool = tool.getAsDouble() - toolAt;
    double ofServer = Kernel.cpuOfTree(server) - serverAt;
    double ofStore = Kernel.cpuOfTree(store) - storeAt;
    double ofSelf = Kernel.cpuOfSelf() - selfAt;
    double all = Kernel.cpuOfMachine() - machineAt;
    double other = Math.max(0, all - ofTool - ofServer - ofStore - ofSelf);
    return new Usage(seconds, ofTool, ofServer, ofStore, other, peakRss);
  }
}
