/** The object store behind the S3 API, of AWS and of the many that speak it more or less. */
@NullMarked
package dev.pgbackup.engine.store.s3;

import org.jspecify.annotations.NullMarked;
