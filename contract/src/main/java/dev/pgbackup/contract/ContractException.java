package dev.pgbackup.contract;

import org.jspecify.annotations.Nullable;

/** A document that cannot be read: it is none of the contract, or of a newer version. */
public final class ContractException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ContractException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
