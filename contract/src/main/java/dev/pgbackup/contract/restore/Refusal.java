package dev.pgbackup.contract.restore;

/**
 * Why something was not done: the body of every HTTP answer that is an error, and of {@code -o
 * json} when a command fails.
 *
 * @param reason a stable name, such as {@code TargetBeyondArchive}
 * @param message what is wrong and what is possible instead, in sentences
 * @param exitCode the one that the command line has for it
 */
public record Refusal(int version, String reason, String message, int exitCode) {}
