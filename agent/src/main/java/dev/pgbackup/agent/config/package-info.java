/**
 * Reads the configuration file: strictly, with the line and column of everything that is wrong, and
 * translates it into the engine's settings.
 */
@NullMarked
package dev.pgbackup.agent.config;

import org.jspecify.annotations.NullMarked;
