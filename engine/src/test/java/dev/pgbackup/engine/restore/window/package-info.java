/** Tests of what can be restored. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.engine.restore.window;
