package dev.pgbackup.agent.document;

/** The version of this program. */
public final class ProgramVersion {

  private ProgramVersion() {}

  /** As the build wrote it into the jar's manifest. */
  public static String text() {
    String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** Name and version, as archives record who wrote them. */
  public static String writer() {
    return "pgbackup " + text();
  }
}
