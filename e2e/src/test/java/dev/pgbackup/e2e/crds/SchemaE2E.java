package dev.pgbackup.e2e.crds;

import static dev.pgbackup.e2e.crds.Manifest.BACKUP;
import static dev.pgbackup.e2e.crds.Manifest.POLICY;
import static dev.pgbackup.e2e.crds.Manifest.RESTORE;
import static dev.pgbackup.e2e.crds.Manifest.RESTORE_FROM_STORAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.pgbackup.e2e.ClusterUnderTest;
import dev.pgbackup.e2e.OnCluster;
import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@OnCluster
@DisplayName("What the API server accepts, and what it says to who is wrong")
class SchemaE2E {

  private static KubernetesClient client;
  private static Home namespace;

  @BeforeAll
  static void install(ClusterUnderTest cluster) {
    cluster.withoutOperator();
    client = cluster.client();
    Definitions.install(client);
    namespace = cluster.namespace("schema");
  }

  @AfterAll
  static void remove() {
    namespace.close();
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        arguments(POLICY, "metadata.name", "x".repeat(40)),
        arguments(POLICY, "spec.target.workloadRef.kind", "Deployment"),
        arguments(
            POLICY,
            "spec.target.dataVolume",
            "{name: data, pgdata: /var/lib/postgresql/17/docker}"),
        arguments(POLICY, "spec.connection.host", "2001:db8::1"),
        arguments(
            POLICY, "spec.connection.tls", "{mode: verify-ca, caRef: {kind: ConfigMap, name: ca}}"),
        arguments(POLICY, "spec.storage.s3.prefix", "team/db1"),
        arguments(POLICY, "spec.storage.s3.endpoint", "http://s3.s3:9000"),
        arguments(POLICY, "spec.storage.s3.credentials", "{workloadIdentity: {}}"),
        arguments(
            POLICY,
            "spec.storage.s3.sse",
            "{type: 'aws:kms', kmsKeyId: 'arn:aws:kms:eu-west-1:1:key/2'}"),
        arguments(POLICY, "spec.wal.flushInterval", "500ms"),
        arguments(POLICY, "spec.wal.retainedWal", "{warnAt: 900Mi, limit: 1Gi}"),
        arguments(POLICY, "spec.baseBackup.schedule", "''"),
        arguments(POLICY, "spec.baseBackup.schedule", "'*/15 0-6,22 1 JAN-JUN MON'"),
        arguments(POLICY, "spec.baseBackup.timeZone", "America/Argentina/Buenos_Aires"),
        arguments(POLICY, "spec.retention.recoveryWindow", "4w2d"),
        arguments(
            POLICY,
            "spec.agent.resources",
            "{requests: {cpu: 100m, memory: 128Mi}, limits: {memory: '268435456', cpu: 1}}"),
        arguments(
            POLICY,
            "spec.agent.pod",
            "{tolerations: [{key: db, operator: Exists}], imagePullSecrets: [{name: pull}]}"),
        arguments(BACKUP, "spec.policyRef.name", "other"),
        arguments(RESTORE, "spec.target", "{xid: '18446744073709551615', inclusive: false}"),
        arguments(RESTORE, "spec.target", "{time: '2026-11-22T14:03:07.123456Z'}"),
        arguments(RESTORE, "spec.target", "{time: '2026-11-22 15:03:07+01:00', inclusive: false}"),
        arguments(RESTORE, "spec.target", "{time: '2026-11-22 15:03 UTC'}"),
        arguments(RESTORE, "spec.target", "{lsn: 0/9A000060}"),
        arguments(RESTORE, "spec.target", "{name: before migration}"),
        arguments(RESTORE, "spec.target", "{immediate: {}}"),
        arguments(RESTORE, "spec.target", "{latest: {}}"),
        arguments(RESTORE, "spec.backup", "{backupId: 20261124T202615Z-1a2b}"),
        arguments(RESTORE, "spec.timeline", "2147483647"),
        arguments(RESTORE, "spec.mode", "Volume"),
        arguments(RESTORE, "spec.mode", "Instance"),
        arguments(RESTORE, "spec.mode", "Swap"),
        arguments(
            RESTORE,
            "spec.review",
            "{pauseAtTarget: true, approval: Manual, checks: [{name: orders, sql: select true, database: aa}]}"),
        arguments(RESTORE, "spec.approved", "true"),
        arguments(RESTORE, "spec.swap", "{onNotReady: Wait, finalWalFlush: BestEffort}"),
        arguments(
            RESTORE,
            "spec.volume",
            "{claimName: data-master-0, storageClassName: fast, size: 20Gi, accessModes: [ReadWriteOncePod]}"),
        arguments(RESTORE_FROM_STORAGE, "spec.source.storage.archiveId", "7-16-1"),
        arguments(RESTORE_FROM_STORAGE, "spec.postgres.dataPath", "pg/data"));
  }

  @ParameterizedTest(name = "{0}: {1} = {2}")
  @MethodSource("accepted")
  @DisplayName("accepted")
  void accepts(Manifest manifest, String place, String value) {
    GenericKubernetesResource created = dryRun(manifest.with(place, value));
    assertThat(created.getMetadata().getUid()).isNotEmpty();
  }

  static Stream<Arguments> refused() {
    String name = "must be the name of an object in the same namespace";
    String duration = "must be a number with its unit (ms, s, m, h, d or w)";
    String size = "must be a whole number of bytes with or without a unit";
    String nothing = "must be more than 0";
    String credentials = "exactly one of secretRef and workloadIdentity must be given";
    String target = "exactly one of xid, time, lsn, name, immediate and latest must be given";
    String time = "must be date, time (up to microseconds) and the offset from UTC";
    return Stream.of(
        arguments(POLICY, "spec", "", "spec: Required value"),
        arguments(POLICY, "spec.sepc", "{}", "unknown field \"spec.sepc\""),
        arguments(
            POLICY, "metadata.name", "x".repeat(41), "the name may have 40 characters at most"),
        arguments(POLICY, "spec.target", "", "spec.target: Required value"),
        arguments(
            POLICY,
            "spec.target.workloadRef.kind",
            "DaemonSet",
            "supported values: \"Deployment\", \"StatefulSet\""),
        arguments(
            POLICY, "spec.target.workloadRef.apiVersion", "apps/v2", "apiVersion must be apps/v1"),
        arguments(POLICY, "spec.target.workloadRef.name", "Master", name),
        arguments(POLICY, "spec.target.runAsUser", "0", "should be greater than or equal to 1"),
        arguments(
            POLICY,
            "spec.target.container",
            "my_container",
            "must be the name of a container of the workload"),
        arguments(POLICY, "spec.target.dataVolume.pgdata", "data", "must be an absolute path"),
        arguments(
            POLICY,
            "spec.connection.host",
            "'master:5432/postgres'",
            "must be a host name or an IP address, without a port"),
        arguments(POLICY, "spec.connection.port", "65536", "should be less than or equal to 65535"),
        arguments(
            POLICY,
            "spec.connection.authSecretRef",
            "{usernameKey: user}",
            "authSecretRef.name: Required value"),
        arguments(POLICY, "spec.connection.tls.mode", "on", "supported values"),
        arguments(
            POLICY,
            "spec.connection.tls",
            "{caRef: {name: ca}}",
            "caRef needs mode verify-ca or verify-full"),
        arguments(POLICY, "spec.storage", "{}", "spec.storage.s3: Required value"),
        arguments(
            POLICY,
            "spec.storage.s3.bucket",
            "'s3://backups'",
            "must be the name of a bucket, without s3://"),
        arguments(
            POLICY, "spec.storage.s3.prefix", "/team/", "without a slash at its begin or end"),
        arguments(POLICY, "spec.storage.s3.region", "eu west", "must be the name of a region"),
        arguments(
            POLICY,
            "spec.storage.s3.endpoint",
            "'https://key:secret@s3.example.com'",
            "without path and without credentials"),
        arguments(POLICY, "spec.storage.s3.endpoint", "s3.example.com", "must be a URL"),
        arguments(
            POLICY,
            "spec.storage.s3.storageClass",
            "standard-ia",
            "must be a storage class as S3 names it"),
        arguments(
            POLICY,
            "spec.storage.s3.sse",
            "{type: AES256, kmsKeyId: k}",
            "kmsKeyId needs type aws:kms"),
        arguments(POLICY, "spec.storage.s3.sse", "{type: kms}", "supported values"),
        arguments(POLICY, "spec.storage.s3.credentials", "{}", credentials),
        arguments(POLICY, "spec.storage.s3.credentials.workloadIdentity", "{}", credentials),
        arguments(
            POLICY,
            "spec.storage.s3.credentials.secretRef.accessKeyIdKey",
            "'a b'",
            "must be a key of the Secret or ConfigMap"),
        arguments(POLICY, "spec.wal.slotName", "My-Slot", "must be small letters, digits and '_'"),
        arguments(
            POLICY, "spec.wal.transport", "Replication", "supported values: \"Auto\", \"Sql\""),
        arguments(POLICY, "spec.wal.flushInterval", "'5'", duration),
        arguments(POLICY, "spec.wal.flushInterval", "''", duration),
        arguments(POLICY, "spec.wal.retainedWal.limit", "16 GB", size),
        arguments(
            POLICY, "spec.wal.retainedWal", "{warnAt: 20Gi}", "warnAt must not be more than limit"),
        arguments(
            POLICY,
            "spec.baseBackup.schedule",
            "'@daily'",
            "must be a cron expression of five fields"),
        arguments(
            POLICY,
            "spec.baseBackup.schedule",
            "0 2 * *",
            "must be a cron expression of five fields"),
        arguments(
            POLICY, "spec.baseBackup.timeZone", "'+01:00'", "must be a name of the tz database"),
        arguments(
            POLICY, "spec.baseBackup.parallelism", "0", "should be greater than or equal to 1"),
        arguments(POLICY, "spec.baseBackup.maxRate", "50MB/s", size),
        arguments(POLICY, "spec.baseBackup.maxRate", "100k", "must be at least 1Mi"),
        arguments(POLICY, "spec.baseBackup.timeout", "0s", nothing),
        arguments(POLICY, "spec.objectives.rpo", "0s", nothing),
        arguments(RESTORE, "spec.job.activeDeadline", "0h", nothing),
        arguments(POLICY, "spec.retention.recoveryWindow", "two weeks", duration),
        arguments(POLICY, "spec.retention.recoveryWindow", "0d", "must be longer than 0"),
        arguments(POLICY, "spec.retention.minBackups", "0", "should be greater than or equal to 1"),
        arguments(POLICY, "spec.objectives.rpo", "1 minute", duration),
        arguments(POLICY, "spec.agent.image", "mine", "unknown field \"spec.agent.image\""),
        arguments(POLICY, "spec.agent.resources.limits", "{memory: lots}", "must be quantities"),
        arguments(POLICY, "spec.agent.pod.serviceAccountName", "admin", "unknown field"),
        arguments(BACKUP, "spec.policyRef", "", "spec.policyRef: Required value"),
        arguments(BACKUP, "spec.policyRef.name", "''", "spec.policyRef.name"),
        arguments(
            RESTORE,
            "spec.source",
            "{}",
            "exactly one of policyRef, storage and retainedVolume must be given"),
        arguments(
            RESTORE_FROM_STORAGE,
            "spec.source.policyRef",
            "{name: master}",
            "exactly one of policyRef, storage and retainedVolume must be given"),
        arguments(
            RESTORE_FROM_STORAGE,
            "spec.postgres",
            "",
            "postgres.image is needed with source.storage"),
        arguments(
            RESTORE_FROM_STORAGE, "spec.volume", "", "volume.size is needed with source.storage"),
        arguments(
            RESTORE_FROM_STORAGE,
            "spec.postgres.dataPath",
            "../etc",
            "must be a path within the volume"),
        arguments(RESTORE, "spec.target", "", "target is needed"),
        arguments(RESTORE, "spec.target", "{}", target),
        arguments(RESTORE, "spec.target", "{xid: '635', latest: {}}", target),
        arguments(RESTORE, "spec.target", "{xid: 635}", "must be of type string"),
        arguments(
            RESTORE,
            "spec.target",
            "{xid: '0x27b'}",
            "must be the number of a transaction, in quotes"),
        arguments(RESTORE, "spec.target", "{time: '2026-11-22T14:03:07'}", time),
        arguments(RESTORE, "spec.target", "{time: '2026-13-22T14:03:07Z'}", time),
        arguments(RESTORE, "spec.target", "{time: yesterday}", time),
        arguments(
            RESTORE,
            "spec.target",
            "{lsn: 9A000060}",
            "must be a position as PostgreSQL prints it"),
        arguments(
            RESTORE,
            "spec.target",
            "{latest: {}, inclusive: false}",
            "inclusive can be false for xid, time and lsn only"),
        arguments(RESTORE, "spec.target", "{latest: true}", "must be of type object"),
        arguments(
            RESTORE,
            "spec.backup",
            "{name: a, backupId: b}",
            "exactly one of name and backupId must be given"),
        arguments(RESTORE, "spec.timeline", "0", "should be greater than or equal to 1"),
        arguments(
            RESTORE, "spec.mode", "Clone", "supported values: \"Instance\", \"Swap\", \"Volume\""),
        arguments(
            RESTORE,
            "spec.source",
            "{retainedVolume: {claimName: data-before-x}}",
            "a retained volume is put back as it is"),
        arguments(
            RESTORE,
            "spec.source",
            "{retainedVolume: {}}",
            "exactly one of restoreRef and claimName must be given"),
        arguments(
            RESTORE, "spec.retainedVolume", "{claimName: kept}", "retainedVolume is for mode Swap"),
        arguments(
            RESTORE, "spec.review.pauseAtTarget", "true", "pauseAtTarget needs approval Manual"),
        arguments(
            RESTORE,
            "spec.review.approval",
            "Manual",
            "approval Manual without pauseAtTarget is for mode Swap"),
        arguments(
            RESTORE, "spec.review.checks", "[{name: '', sql: select 1}]", "review.checks[0].name"),
        arguments(RESTORE, "spec.review.checks", "[{name: one}]", "sql: Required value"),
        arguments(RESTORE, "spec.swap.readyTimeout", "PT10M", duration),
        arguments(RESTORE_FROM_STORAGE, "spec.mode", "Swap", "mode Swap needs a policy"),
        arguments(RESTORE, "spec.volume.size", "20 gigabytes", size),
        arguments(RESTORE, "spec.volume.accessModes", "[ReadOnlyMany]", "supported values"),
        arguments(RESTORE, "spec.job.activeDeadline", "PT12H", duration),
        arguments(RESTORE, "spec.job.retries", "-1", "should be greater than or equal to 0"));
  }

  @ParameterizedTest(name = "{0}: {1} = {2}")
  @MethodSource("refused")
  @DisplayName("refused, with a message that says what is wrong")
  void refuses(Manifest manifest, String place, String value, String message) {
    assertThatThrownBy(() -> dryRun(manifest.with(place, value)))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(message);
  }

  static Stream<Arguments> immutable() {
    return Stream.of(
        arguments(
            POLICY,
            "spec.target.workloadRef.name",
            "other",
            "target cannot be changed: a policy belongs to one database"),
        arguments(POLICY, "spec.target.container", "other", "target cannot be changed"),
        arguments(POLICY, "spec.wal.slotName", "other", "slotName cannot be changed"),
        arguments(
            BACKUP,
            "spec.policyRef.name",
            "other",
            "policyRef cannot be changed: a PgBackup is one backup"),
        arguments(
            RESTORE,
            "spec.target.xid",
            "'636'",
            "spec cannot be changed, but for approved, abort and retainedVolume.ttl: a PgRestore is done once"),
        arguments(RESTORE, "spec.dryRun", "true", "spec cannot be changed"),
        arguments(
            RESTORE, "spec.retainedVolume", "{claimName: another}", "spec cannot be changed"));
  }

  @ParameterizedTest(name = "{0}: {1} = {2}")
  @MethodSource("immutable")
  @DisplayName("cannot be changed, and says so")
  void refusesToChange(Manifest manifest, String place, String value, String message) {
    GenericKubernetesResource old =
        client.resource(manifest.resource()).inNamespace(namespace.name()).create();
    try {
      assertThatThrownBy(() -> update(manifest.with(place, value)))
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining(message);
      update(manifest.resource());
    } finally {
      client.resource(old).delete();
    }
  }

  private static GenericKubernetesResource dryRun(GenericKubernetesResource resource) {
    return client
        .resource(resource)
        .inNamespace(namespace.name())
        .dryRun()
        .fieldValidation(Validation.STRICT)
        .create();
  }

  private static void update(GenericKubernetesResource resource) {
    client.resource(resource).inNamespace(namespace.name()).dryRun().update();
  }
}
