package dev.pgbackup.engine.wal.record;

/**
 * The file of a relation, by the numbers that WAL gives it: unsigned 32 bit each.
 *
 * @param tablespace its oid
 * @param database its oid; 0 for relations shared by all
 * @param relation the file's number ({@code pg_relation_filenode}), not the relation's oid
 */
public record RelationFile(int tablespace, int database, int relation) {

  @Override
  public String toString() {
    return Integer.toUnsignedString(tablespace)
        + "/"
        + Integer.toUnsignedString(database)
        + "/"
        + Integer.toUnsignedString(relation);
  }
}
