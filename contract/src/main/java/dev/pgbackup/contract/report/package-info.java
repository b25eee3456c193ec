/** What commands print with {@code -o json}, as far as it is no document of another package. */
@NullMarked
package dev.pgbackup.contract.report;

import org.jspecify.annotations.NullMarked;
