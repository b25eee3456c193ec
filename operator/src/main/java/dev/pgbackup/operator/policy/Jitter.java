package dev.pgbackup.operator.policy;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Keeps what began at one time from going on in step. */
final class Jitter {

  private static final double SHARE = 0.2;

  private Jitter() {}

  /** A pause that is up to a fifth shorter or longer. */
  static Duration of(Duration pause) {
    double factor = ThreadLocalRandom.current().nextDouble(1 - SHARE, 1 + SHARE);
    return Duration.ofMillis(Math.round(pause.toMillis() * factor));
  }
}
