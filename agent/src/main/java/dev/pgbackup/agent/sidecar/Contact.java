package dev.pgbackup.agent.sidecar;

import dev.pgbackup.engine.archive.Archive;
import dev.pgbackup.engine.postgres.session.ServerFacts;

/**
 * A server that was reached, and its archive.
 *
 * @param server what it said of itself
 * @param conditionalWrites whether the store decides conditions
 */
record Contact(Archive archive, ServerFacts server, boolean conditionalWrites) {}
