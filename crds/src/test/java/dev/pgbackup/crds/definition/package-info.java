/** From the types to the definitions and their reference page, and what must hold for both. */
package dev.pgbackup.crds.definition;
