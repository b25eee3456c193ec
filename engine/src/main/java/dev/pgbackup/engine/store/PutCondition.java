package dev.pgbackup.engine.store;

/** What must hold for a write to take place. */
public sealed interface PutCondition {

  /** No object has this key (HTTP: {@code If-None-Match: *}). */
  record Absent() implements PutCondition {}

  /**
   * The object with this key is still that version (HTTP: {@code If-Match}).
   *
   * @param etag as {@link ObjectInfo#etag()} gave it
   */
  record Matches(String etag) implements PutCondition {}

  /** Nothing: whatever was there is replaced. */
  record Always() implements PutCondition {}

  static PutCondition absent() {
    return new Absent();
  }

  static PutCondition matches(String etag) {
    return new Matches(etag);
  }

  static PutCondition always() {
    return new Always();
  }
}
