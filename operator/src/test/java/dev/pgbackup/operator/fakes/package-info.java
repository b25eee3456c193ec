/** What stands in for the world around the operator in tests. */
@NullMarked
package dev.pgbackup.operator.fakes;

import org.jspecify.annotations.NullMarked;
