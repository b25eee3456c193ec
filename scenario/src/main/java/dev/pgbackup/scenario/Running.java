package dev.pgbackup.scenario;

/** A server that runs to be looked into; closing it stops it. */
public interface Running extends AutoCloseable {

  Database database();

  @Override
  void close();
}
