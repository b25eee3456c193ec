package dev.pgbackup.contract.status;

import org.jspecify.annotations.Nullable;

/**
 * {@code POST /pause}: the agent begins no backup by itself and deletes nothing for a while; WAL is
 * archived on, and backups can be asked for. Asked again, the time counts from then.
 *
 * @param seconds at most {@value #LONGEST_SECONDS}; absent: {@value #DEFAULT_SECONDS}. Whoever
 *     wants more asks again in time, so that its end never leaves an agent paused for good
 */
public record PauseRequest(int version, @Nullable Integer seconds) {

  public static final int DEFAULT_SECONDS = 900;
  public static final int LONGEST_SECONDS = 3600;
}
