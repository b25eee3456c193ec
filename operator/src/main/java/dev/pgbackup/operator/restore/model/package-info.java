/** The objects of a restore, what its jobs report, and its status. Pure: no client. */
@NullMarked
package dev.pgbackup.operator.restore.model;

import org.jspecify.annotations.NullMarked;
