/** What a person sees: tables, colours, progress; nothing of it where nobody looks. */
@NullMarked
package dev.pgbackup.agent.output;

import org.jspecify.annotations.NullMarked;
