@NullMarked
package dev.pgbackup.engine.postgres.session;

import org.jspecify.annotations.NullMarked;
