/** What the runbook says, held against what can happen. */
package dev.pgbackup.operator.runbook;
