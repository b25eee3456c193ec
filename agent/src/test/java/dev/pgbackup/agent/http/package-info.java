/** Tests of the HTTP server. */
@org.jspecify.annotations.NullMarked
package dev.pgbackup.agent.http;
