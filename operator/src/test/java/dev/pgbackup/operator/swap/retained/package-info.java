@org.jspecify.annotations.NullMarked
package dev.pgbackup.operator.swap.retained;
