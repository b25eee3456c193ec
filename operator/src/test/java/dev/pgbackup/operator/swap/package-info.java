@NullMarked
package dev.pgbackup.operator.swap;

import org.jspecify.annotations.NullMarked;
