/** The kit itself under test: what it says of servers must hold before it may judge others. */
@NullMarked
package dev.pgbackup.testkit;

import org.jspecify.annotations.NullMarked;
