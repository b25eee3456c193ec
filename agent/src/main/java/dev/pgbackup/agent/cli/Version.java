package dev.pgbackup.agent.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this program. */
public final class Version implements IVersionProvider {

  /** As the build wrote it into the jar's manifest. */
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"pgbackup " + text()};
  }
}
