package dev.pgbackup.crds;

/** Names that all kinds have in common. */
public final class Api {

  public static final String GROUP = "pgbackup.dev";
  public static final String VERSION = "v1alpha1";
  public static final String CATEGORY = "pgbackup";

  private Api() {}
}
