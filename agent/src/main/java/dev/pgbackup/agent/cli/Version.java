package dev.pgbackup.agent.cli;

import dev.pgbackup.agent.document.ProgramVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {ProgramVersion.writer()};
  }
}
