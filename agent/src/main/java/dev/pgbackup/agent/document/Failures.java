package dev.pgbackup.agent.document;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.restore.Refusal;
import dev.pgbackup.contract.status.Failure;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.time.Instant;

/** What went wrong, as callers are told: the one place that maps errors. */
public final class Failures {

  private Failures() {}

  /** The reason that a failure has. */
  public static Reason reason(Throwable failure) {
    if (failure instanceof InterruptedException) {
      return Reason.Interrupted;
    }
    return failure instanceof EngineException known ? known.reason() : Reason.InternalError;
  }

  /** The exit code of a failure. */
  public static ExitCode exitCode(Throwable failure) {
    Reason reason = reason(failure);
    if (reason == Reason.Interrupted) {
      return ExitCode.INTERRUPTED;
    }
    if (reason == Reason.ChecksFailed) {
      return ExitCode.FINDINGS;
    }
    return switch (reason.family()) {
      case USAGE -> ExitCode.USAGE;
      case TARGET -> ExitCode.TARGET;
      case ARCHIVE -> ExitCode.ARCHIVE;
      case STORE -> ExitCode.STORE;
      case DATABASE -> ExitCode.DATABASE;
      case HOST -> ExitCode.HOST;
      case INTERNAL -> ExitCode.INTERNAL;
    };
  }

  /** What a person is told, in sentences. */
  public static String message(Throwable failure) {
    if (failure instanceof EngineException) {
      String message = String.valueOf(failure.getMessage());
      String sentence =
          message.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + message.substring(1);
      return sentence.matches("(?s).*[.!?:…]") || sentence.contains("\n")
          ? sentence
          : sentence + ".";
    }
    if (failure instanceof InterruptedException) {
      return "Interrupted before it was done.";
    }
    return "This is a mistake of pgbackup's own: "
        + failure
        + ". Please report it, with what --verbose prints.";
  }

  public static Refusal refusal(Throwable failure) {
    return new Refusal(
        ContractJson.VERSION, reason(failure).name(), message(failure), exitCode(failure).code());
  }

  public static Failure failure(Throwable failure, Instant at) {
    return new Failure(reason(failure).name(), message(failure), at);
  }
}
