"""pgbackup beside other tools: an adapter for the side-by-side harness.

Copied or linked into the harness's folder of adapters; see ../README.md."""
import json
import re

from benchlib import env as E
from .base import Adapter, first_line

SLOT = "pgbackup_bench"
SEALED = re.compile(r"[0-9A-F]{24}")


class Tool(Adapter):
    """The full backup archives the WAL that it needs, which the other tools leave to somebody else here; the
    incremental one is the same command once more. A restore starts PostgreSQL on what it fetched and replays up to
    where the backup is consistent. There is no command for restore_command: replay is fed by the restore itself."""
    name = "pgbackup"
    can = {"full", "incremental", "restore", "stream"}
    variants = {
        "default": dict(jobs=4, stream=True),
        "p1": dict(jobs=1, stream=True),
        "p2": dict(jobs=2, stream=True),
    }
    cluster = None

    def bin(self):
        return E.which("pgbackup", "PGBACKUP")

    def version(self):
        return first_line(self.bin(), "--version")

    def conf(self):
        return E.CONF / f"{self.id}.yaml"

    def configure(self, cluster, slot):
        self.cluster = cluster
        # every value is written as JSON, which is YAML too
        self.conf().write_text(json.dumps({
            "connection": {"host": "127.0.0.1", "port": cluster.port, "user": E.OS_USER, "tls": {"mode": "disable"}},
            "storage": {"s3": {
                "bucket": E.S3_BUCKET, "prefix": self.prefix, "region": E.S3_REGION, "endpoint": E.S3_URL,
                "forcePathStyle": True, "caFile": str(E.CA)}},
            "wal": {"slotName": slot, "retainedWal": {"warnAt": "1Ti", "limit": "1Ti"}},
            "baseBackup": {"schedule": "", "immediate": False, "parallelism": self.opt["jobs"]},
            "http": {"listen": ""},
        }, indent=1))

    def prepare(self, cluster):
        self.configure(cluster, SLOT)
        self.drop_slot()

    def finish(self):
        if self.cluster:
            self.drop_slot()

    def drop_slot(self):
        self.cluster.sql(f"select pg_drop_replication_slot('{SLOT}') where exists "
                         f"(select from pg_replication_slots where slot_name = '{SLOT}')")

    def full(self, cluster):
        self.run(self.bin(), "backup", "--config", self.conf())

    incremental = full

    def restore(self, target):
        self.run(self.bin(), "restore", "--config", self.conf(), "--target-immediate", "--purpose", "clone",
                 "--action", "shutdown", "-j", self.opt["jobs"], "--target-dir", target, "--postgres-bin", E.PG_BIN)

    def stream(self, cluster, slot):
        self.configure(cluster, slot)
        return self.spawn(self.bin(), "sidecar", "--config", self.conf())

    def segments(self):
        """Whole segments; the tails of one that grows lie in a folder of another name."""
        return {f.name for f in self.store().rglob("*") if SEALED.fullmatch(f.name)}
