package dev.pgbackup.bench.whole;

/**
 * What something took.
 *
 * @param seconds from beginning to end
 * @param tool CPU seconds of the program that is measured
 * @param server CPU seconds of the database server
 * @param store CPU seconds of the object store
 * @param other CPU seconds of everything else on the machine: the noise
 * @param peakRss bytes of memory of the program that is measured, at most
 */
record Usage(
    double seconds, double tool, double server, double store, double other, long peakRss) {}
