package dev.pgbackup.contract.restore;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;

/** For what a directory is restored. */
public enum RestorePurpose {
  /** It takes the place of the server whose archive this is, and goes on writing to it. */
  Master,
  /** It is a copy, which never writes to the archive of its original. */
  Clone,
  /** A purpose that a newer program knows. */
  @JsonEnumDefaultValue
  Unknown
}
