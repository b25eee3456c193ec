package dev.pgbackup.engine.wal.record;

/**
 * Is told of every complete record, whatever it is about. Plain numbers, because there are many.
 */
@FunctionalInterface
public interface RecordBoundaryConsumer {

  /**
   * @param start the record's first byte
   * @param end as in {@link RecordLocation#end()}
   * @param previous the start of the record before it
   */
  void record(long start, long end, long previous);
}
