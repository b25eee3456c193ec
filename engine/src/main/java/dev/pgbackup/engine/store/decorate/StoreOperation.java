package dev.pgbackup.engine.store.decorate;

/** What a store is asked to do. */
public enum StoreOperation {
  Put,
  Write,
  Commit,
  Head,
  Get,
  List,
  Delete,
  Abort,
  Probe
}
