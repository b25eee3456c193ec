/** What is shipped as files, and what holds it together. */
@NullMarked
package dev.pgbackup.deploy;

import org.jspecify.annotations.NullMarked;
