/** The sidecar's HTTP interface: its paths, and the tokens of calls that change something. */
@NullMarked
package dev.pgbackup.contract.http;

import org.jspecify.annotations.NullMarked;
