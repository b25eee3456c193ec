package dev.pgbackup.crds.common;

/** Rules (CEL) for texts of which there are many, and the messages for who breaks them. */
public final class Rules {

  public static final String DURATION =
      "self.matches('^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$')"
          + " && self != ''";
  public static final String DURATION_MESSAGE =
      "must be a number with its unit (ms, s, m, h, d or w), or several, the bigger units first:"
          + " 5s, 1h30m, 14d";

  public static final String SIZE = "self.matches('^[0-9]+(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$')";
  public static final String SIZE_MESSAGE =
      "must be a whole number of bytes with or without a unit (Ki, Mi, Gi, Ti, Pi, k, M, G, T, P):"
          + " 4Gi, 512Mi";

  /** Of a duration or a size: that it is more than nothing. */
  public static final String MORE_THAN_NOTHING = "self.matches('[1-9]')";

  public static final String MORE_THAN_NOTHING_MESSAGE = "must be more than 0";

  /** Of a Kubernetes object: a DNS subdomain. */
  public static final String NAME =
      "self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*$')";

  public static final String NAME_MESSAGE =
      "must be the name of an object in the same namespace: small letters, digits, '-' and '.'";

  /** Of an entry of a Secret or ConfigMap. */
  public static final String KEY = "self.matches('^[A-Za-z0-9._-]+$')";

  public static final String KEY_MESSAGE =
      "must be a key of the Secret or ConfigMap: letters, digits, '-', '_' and '.'";

  /** Longest text that is a duration or a size. */
  public static final int SHORT = 32;

  /** Longest name of a Kubernetes object, and longest key of a Secret. */
  public static final int NAME_LENGTH = 253;

  private Rules() {}
}
