/** What the engine knows, as the documents of the contract. */
@NullMarked
package dev.pgbackup.agent.document;

import org.jspecify.annotations.NullMarked;
