/** Changes of an object that say exactly what they change. Pure: no client. */
@NullMarked
package dev.pgbackup.operator.patch;

import org.jspecify.annotations.NullMarked;
