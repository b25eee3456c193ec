/**
 * What a running agent says about itself, its server and its archive, and what can be asked of it.
 */
@NullMarked
package dev.pgbackup.contract.status;

import org.jspecify.annotations.NullMarked;
