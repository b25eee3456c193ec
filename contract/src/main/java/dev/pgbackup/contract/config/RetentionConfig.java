package dev.pgbackup.contract.config;

/** What stays restorable. */
public record RetentionConfig(
    @Setting(value = "How far back every moment can be restored.", byDefault = "14d")
        Span recoveryWindow,
    @Setting(
            value = "How many of the newest backups are kept however old they are; at least 1.",
            byDefault = "2")
        int minBackups,
    @Setting(
            value = "How long the content of a deleted backup stays, for those who still read it.",
            byDefault = "24h")
        Span gracePeriod) {}
