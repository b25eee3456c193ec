/** Tests of what a person sees. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.agent.output;
