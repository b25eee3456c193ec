package dev.pgbackup.contract.restore;

import org.jspecify.annotations.Nullable;

/**
 * What came of a {@link CheckList.Check}.
 *
 * @param detail why it did not pass; absent if it did
 */
public record CheckResult(String name, boolean passed, @Nullable String detail) {}
