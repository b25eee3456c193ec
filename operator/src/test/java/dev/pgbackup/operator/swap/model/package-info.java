@NullMarked
package dev.pgbackup.operator.swap.model;

import org.jspecify.annotations.NullMarked;
