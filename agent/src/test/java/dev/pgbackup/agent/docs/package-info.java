/** Tests of the agent's page in the documentation. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.agent.docs;
