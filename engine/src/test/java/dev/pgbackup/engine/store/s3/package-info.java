/** Tests of the S3 store. */
@NullMarked
package dev.pgbackup.engine.store.s3;

import org.jspecify.annotations.NullMarked;
