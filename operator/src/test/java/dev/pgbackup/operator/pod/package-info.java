@NullMarked
package dev.pgbackup.operator.pod;

import org.jspecify.annotations.NullMarked;
