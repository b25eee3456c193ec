/**
 * The custom resources of {@code pgbackup.dev/v1alpha1}: one package per kind, and what they share.
 *
 * <p>The records are the source of the definitions ({@code crds/*.yaml}) and of the reference page
 * ({@code docs/resources.md}); both are generated from them. Every default stands in an annotation,
 * so that the API server fills it in, and is taken by the record too when it is absent: an object
 * that is read never lacks one, even where an older definition is installed.
 *
 * <p>What is unknown is passed over when it is read, fields and words alike. One object of a newer
 * version must not stop the reading of all others.
 */
@NullMarked
package dev.pgbackup.crds;

import org.jspecify.annotations.NullMarked;
