package dev.pgbackup.agent.http;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.ExitCode;
import dev.pgbackup.contract.restore.Refusal;

/** A call that is refused before it reaches anything. */
final class HttpRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;
  private final String said;

  HttpRefusal(int status, String reason, String message) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.said = message;
  }

  int status() {
    return status;
  }

  Refusal document() {
    return new Refusal(ContractJson.VERSION, reason, said, ExitCode.USAGE.code());
  }
}
