package dev.pgbackup.agent.process;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.restore.RestoreReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Restores of a master as an operator has them done, beside a sidecar that goes on. */
final class Job {

  private final Master master;
  private final Companion companion;
  private int runs;

  Job(Master master, Companion companion) {
    this.master = master;
    this.companion = companion;
  }

  /**
   * Restores.
   *
   * @param more further options
   * @return what it reports; its exit code is in it
   */
  RestoreReport run(Path directory, String... more) {
    Path config = master.folder().resolve("job.yaml");
    Master.replace(
        config,
        Program.read(master.configuration())
            .replaceFirst("http: .*", "http: {listen: \"127.0.0.1:0\"}"));
    Path report = master.folder().resolve("job-report-" + ++runs);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "restore-job",
                "--config=" + config,
                "--target-dir=" + directory,
                "--meeting=" + companion.meeting(),
                "--report=" + report));
    arguments.addAll(List.of(more));
    Program.Ended ended = master.program().run(arguments.toArray(String[]::new));
    RestoreReport read = ContractJson.read(Program.read(report), RestoreReport.class);
    if (read.exitCode() != ended.exitCode()) {
      throw new AssertionError("it ended with " + ended.exitCode() + ", but reports " + read);
    }
    return read;
  }
}
