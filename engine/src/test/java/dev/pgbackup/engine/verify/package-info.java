/** Tests of audits. */
@NullMarked
package dev.pgbackup.engine.verify;

import org.jspecify.annotations.NullMarked;
