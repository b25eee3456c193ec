/** What a swap of volumes is about, what it asks of objects, and how it changes them. Pure. */
@NullMarked
package dev.pgbackup.operator.swap.model;

import org.jspecify.annotations.NullMarked;
