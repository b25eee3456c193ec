-- The role that pgbackup's agent logs in as: replication, and EXECUTE on exactly the functions that it calls.
-- PostgreSQL 13 to 18. Run it as a superuser in the database that the agent is configured with (grants on functions
-- hold for one database only), then give the role a password: ALTER ROLE pgbackup PASSWORD '...'
--
-- Know what you grant: EXECUTE on pg_read_binary_file is the right to read every file of the cluster, password hashes
-- included. Whoever can copy a database can read it.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'pgbackup') THEN
    CREATE ROLE pgbackup;
  END IF;
END
$$;

ALTER ROLE pgbackup LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE;

-- WAL and base backups: read files
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean) TO pgbackup;

-- base backups: list files
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text, boolean, boolean) TO pgbackup;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_file(text, boolean) TO pgbackup;

-- base backups: begin and end
DO $$
BEGIN
  IF pg_catalog.current_setting('server_version_num')::int >= 150000 THEN
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_backup_start(text, boolean) TO pgbackup;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_backup_stop(boolean) TO pgbackup;
  ELSE
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_start_backup(text, boolean, boolean) TO pgbackup;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_stop_backup(boolean, boolean) TO pgbackup;
  END IF;
END
$$;

-- identity of the cluster and its WAL; granted to everybody unless that was taken away
GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO pgbackup;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_init() TO pgbackup;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_checkpoint() TO pgbackup;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_recovery() TO pgbackup;
