package dev.pgbackup.operator.workload;

/**
 * The workload is not there, or cannot be used as it is. The message names what was looked at and
 * the field that helps.
 */
public final class UnsuitableTarget extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Whether it is missing or does not fit. */
  public enum Kind {
    TargetNotFound,
    UnsupportedWorkload
  }

  private final Kind kind;

  private UnsuitableTarget(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public static UnsuitableTarget notFound(String message) {
    return new UnsuitableTarget(Kind.TargetNotFound, message);
  }

  public static UnsuitableTarget unsupported(String message) {
    return new UnsuitableTarget(Kind.UnsupportedWorkload, message);
  }

  public Kind kind() {
    return kind;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
