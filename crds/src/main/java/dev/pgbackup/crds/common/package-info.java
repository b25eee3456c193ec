/** What more than one custom resource is made of. */
@NullMarked
package dev.pgbackup.crds.common;

import org.jspecify.annotations.NullMarked;
