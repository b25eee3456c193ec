package dev.pgbackup.operator.runbook;

import dev.pgbackup.contract.status.ArchivingStatus;
import dev.pgbackup.crds.backup.BackupPhase;
import dev.pgbackup.crds.restore.RestorePhase;
import dev.pgbackup.operator.status.ConditionType;
import dev.pgbackup.operator.workload.UnsuitableTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every name that a condition can have as its type or its reason. They are read from the sources: a
 * reason is a literal of the operator, or a constant of the engine, on which the operator does not
 * depend. A literal in the form of a reason counts as one unless it is listed as something else.
 */
final class Reasons {

  private static final Path OPERATOR = Path.of("src/main/java");
  private static final Path ENGINE =
      Path.of("../engine/src/main/java/dev/pgbackup/engine/error/Reason.java");
  private static final Pattern LITERAL = Pattern.compile("\"([A-Z]+[a-z][A-Za-z]*)\"");
  private static final Pattern CONSTANT = Pattern.compile("(?m)^ {2}([A-Z][A-Za-z]+)\\(Family\\.");

  /** Words of Kubernetes, and units. */
  private static final Set<String> OTHER_WORDS =
      Set.of(
          "Always",
          "Authorization",
          "Available",
          "Background",
          "Bound",
          "CrashLoopBackOff",
          "Create",
          "Deployment",
          "DisruptionTarget",
          "DoesNotExist",
          "ErrImageNeverPull",
          "ErrImagePull",
          "Exists",
          "FailJob",
          "FallbackToLogsOnError",
          "False",
          "Filesystem",
          "Flux",
          "Gi",
          "Helm",
          "IfNotPresent",
          "Ignore",
          "ImagePullBackOff",
          "In",
          "InvalidImageName",
          "Ki",
          "Mi",
          "Never",
          "None",
          "NotIn",
          "Normal",
          "OnRootMismatch",
          "PgBackup",
          "PgBackupPolicy",
          "PersistentVolumeClaim",
          "PgRestore",
          "Pi",
          "PodScheduled",
          "ReadWriteOnce",
          "Reconcile",
          "Recreate",
          "Released",
          "ReplicaFailure",
          "Retain",
          "RuntimeDefault",
          "StatefulSet",
          "Ti",
          "True",
          "Unknown",
          "Warning");

  private Reasons() {}

  static Set<String> all() {
    Set<String> all = new TreeSet<>();
    all.addAll(literals());
    all.addAll(ofTheEngine());
    Stream.of(
            ConditionType.values(),
            UnsuitableTarget.Kind.values(),
            ArchivingStatus.State.values(),
            BackupPhase.values(),
            RestorePhase.values())
        .flatMap(Arrays::stream)
        .map(Enum::name)
        .forEach(all::add);
    // A word that a newer version knows, under this version's name for such.
    all.remove("Unknown");
    all.remove("Unrecognized");
    return all;
  }

  static Set<String> ofTheEngine() {
    return CONSTANT
        .matcher(read(ENGINE))
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toSet());
  }

  private static Set<String> literals() {
    try (Stream<Path> files = Files.walk(OPERATOR)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .flatMap(file -> LITERAL.matcher(read(file)).results())
          .map(found -> found.group(1))
          .filter(word -> !OTHER_WORDS.contains(word))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
