/** Tests of the story itself, and the story as a test. */
@NullMarked
package dev.pgbackup.scenario;

import org.jspecify.annotations.NullMarked;
