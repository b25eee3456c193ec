package dev.pgbackup.engine.restore.base;

import dev.pgbackup.engine.archive.format.BackupManifest;
import dev.pgbackup.engine.archive.format.BackupManifest.Tablespace;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where the files of a backup go: into the data directory, or to the places of its tablespaces.
 *
 * @param directory the data directory
 * @param linked tablespaces outside of it, by the oid that names their link
 */
record Placement(Path directory, Map<Long, Path> linked) {

  private static final String TABLESPACES = "pg_tblspc";

  Placement {
    linked = new TreeMap<>(linked);
  }

  /**
   * Places a backup.
   *
   * @param moved other places, by the location that the backup names; one that is moved nowhere
   *     need not be the backup's
   * @throws EngineException {@code InvalidArgument} if a place makes no sense
   */
  static Placement of(BackupManifest manifest, Path directory, Map<String, Path> moved) {
    Map<Long, Path> linked = new TreeMap<>();
    Set<String> unknown = new TreeSet<>(moved.keySet());
    unknown.removeIf(location -> Path.of(location).equals(moved.get(location)));
    for (Tablespace tablespace : manifest.tablespaces()) {
      String location = tablespace.location();
      if (location != null) {
        unknown.remove(location);
        linked.put(
            tablespace.oid(),
            Optional.ofNullable(moved.get(location)).orElse(Path.of(location)).normalize());
      }
    }
    if (!unknown.isEmpty()) {
      throw new EngineException(
          Reason.InvalidArgument,
          "The backup has no tablespace at "
              + String.join(", ", unknown)
              + ". Its tablespaces are: "
              + named(manifest)
              + ".");
    }
    Path inside = directory.toAbsolutePath().normalize();
    List<Path> taken = new ArrayList<>();
    for (Path location : linked.values()) {
      requirePlace(location, inside, taken);
      taken.add(location);
    }
    return new Placement(inside, linked);
  }

  private static String named(BackupManifest manifest) {
    List<String> locations =
        manifest.tablespaces().stream()
            .map(Tablespace::location)
            .flatMap(location -> Optional.ofNullable(location).stream())
            .toList();
    return locations.isEmpty() ? "none outside the data directory" : String.join(", ", locations);
  }

  private static void requirePlace(Path location, Path directory, List<Path> taken) {
    if (!location.isAbsolute()) {
      throw new EngineException(
          Reason.InvalidArgument,
          "A tablespace's place must be an absolute path, not " + location + ".");
    }
    if (location.startsWith(directory) || directory.startsWith(location)) {
      throw new EngineException(
          Reason.InvalidArgument,
          "The tablespace at "
              + location
              + " and the data directory "
              + directory
              + " would lie within one another. Choose another place for it.");
    }
    for (Path other : taken) {
      if (location.startsWith(other) || other.startsWith(location)) {
        throw new EngineException(
            Reason.InvalidArgument,
            "Two tablespaces would lie at " + location + ". Choose another place for one of them.");
      }
    }
  }

  /** Where the file with that path in the backup goes. */
  Path of(String path) {
    Optional<Long> tablespace = tablespaceOf(path);
    if (tablespace.isEmpty()) {
      return directory.resolve(path);
    }
    Path location = linked.getOrDefault(tablespace.get(), directory);
    int inside = path.indexOf('/', TABLESPACES.length() + 1);
    return inside < 0 ? location : location.resolve(path.substring(inside + 1));
  }

  /** The linked tablespace that holds a path, or whose link it is. */
  Optional<Long> tablespaceOf(String path) {
    if (!path.startsWith(TABLESPACES + "/")) {
      return Optional.empty();
    }
    int end = path.indexOf('/', TABLESPACES.length() + 1);
    String oid = path.substring(TABLESPACES.length() + 1, end < 0 ? path.length() : end);
    if (!oid.matches("[0-9]{1,10}")) {
      return Optional.empty();
    }
    return Optional.of(Long.parseLong(oid)).filter(linked::containsKey);
  }

  /** Whether the path is that of a tablespace's link. */
  boolean isLink(String path) {
    return tablespaceOf(path).isPresent() && path.indexOf('/', TABLESPACES.length() + 1) < 0;
  }

  Path link(long oid) {
    return directory.resolve(TABLESPACES).resolve(Long.toString(oid));
  }

  /**
   * {@code tablespace_map}, by which a recovering server makes the links anew: an oid and a path in
   * each line, line ends and backslashes in it escaped.
   */
  String tablespaceMap() {
    StringBuilder map = new StringBuilder();
    linked.forEach(
        (oid, location) ->
            map.append(oid)
                .append(' ')
                .append(location.toString().replaceAll("([\\\\\n\r])", "\\\\$1"))
                .append('\n'));
    return map.toString();
  }
}
