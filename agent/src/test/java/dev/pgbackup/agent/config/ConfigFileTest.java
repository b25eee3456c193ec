package dev.pgbackup.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.contract.ContractJson;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.config.ByteSize;
import dev.pgbackup.contract.config.LogConfig;
import dev.pgbackup.contract.config.Span;
import dev.pgbackup.contract.config.SseType;
import dev.pgbackup.contract.config.TlsMode;
import dev.pgbackup.contract.config.WalConfig;
import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The configuration file")
class ConfigFileTest {

  private static final String SHORTEST =
      """
      connection: {host: db, user: pgbackup, passwordFile: /run/secrets/password}
      storage: {directory: /srv/archive}
      """;

  private static final String WHOLE =
      """
      version: 1
      connection:
        host: db.example.com
        port: 5433
        database: app
        userFile: /run/secrets/user
        passwordFile: /run/secrets/password
        tls: {mode: verify-full, caFile: /run/ca.pem}
      storage:
        s3:
          bucket: pghoard
          prefix: team/db1
          region: eu-west-1
          endpoint: https://s3.example.com:9000
          forcePathStyle: true
          caFile: /run/s3-ca.pem
          sse: {type: "aws:kms", kmsKeyId: key}
          storageClass: STANDARD_IA
          credentials:
            accessKeyIdFile: /run/aws/AWS_ACCESS_KEY_ID
            secretAccessKeyFile: /run/aws/AWS_SECRET_ACCESS_KEY
            sessionTokenFile: /run/aws/AWS_SESSION_TOKEN
      lineage: 2
      takeOverEpoch: 7
      wal:
        slotName: pgbackup_master
        transport: Sql
        flushInterval: 500ms
        retainedWal: {warnAt: 1Gi, limit: 2Gi, onLimit: DropSlot}
      baseBackup:
        schedule: "30 1 * * 6"
        timeZone: Europe/Berlin
        jitter: 10m
        immediate: false
        parallelism: 8
        maxRate: 100M
        checkpoint: Spread
        timeout: 2h
      retention: {recoveryWindow: 30d, minBackups: 3, gracePeriod: 1h}
      http:
        listen: "[::]:8080"
        tokenPublicKeyFile: /run/token.pem
        tokenAudience: ns/master
      log: {format: json, level: debug}
      """;

  @Test
  @DisplayName("needs a server and a store; all else has the defaults of the reference")
  void defaults() {
    AgentConfig config = parse(SHORTEST);

    assertThat(config.version()).isEqualTo(1);
    assertThat(config.lineage()).isEqualTo(1);
    assertThat(config.takeOverEpoch()).isNull();
    assertThat(config.connection().port()).isEqualTo(5432);
    assertThat(config.connection().database()).isEqualTo("postgres");
    assertThat(config.connection().tls().mode()).isEqualTo(TlsMode.PREFER);
    assertThat(config.storage().directory()).isEqualTo("/srv/archive");
    assertThat(config.storage().s3()).isNull();
    assertThat(config.wal().slotName()).isEqualTo("pgbackup");
    assertThat(config.wal().transport()).isEqualTo(WalConfig.Transport.Auto);
    assertThat(config.wal().flushInterval()).isEqualTo(Span.parse("5s"));
    assertThat(config.wal().retainedWal().warnAt()).isEqualTo(ByteSize.parse("4Gi"));
    assertThat(config.wal().retainedWal().limit()).isEqualTo(ByteSize.parse("16Gi"));
    assertThat(config.wal().retainedWal().onLimit()).isEqualTo(WalConfig.OnLimit.Alert);
    assertThat(config.baseBackup().schedule()).isEqualTo("0 2 * * *");
    assertThat(config.baseBackup().timeZone()).isEqualTo("Etc/UTC");
    assertThat(config.baseBackup().immediate()).isTrue();
    assertThat(config.baseBackup().parallelism()).isEqualTo(4);
    assertThat(config.baseBackup().maxRate()).isNull();
    assertThat(config.baseBackup().timeout()).isEqualTo(Span.parse("6h"));
    assertThat(config.retention().recoveryWindow()).isEqualTo(Span.parse("14d"));
    assertThat(config.retention().minBackups()).isEqualTo(2);
    assertThat(config.retention().gracePeriod()).isEqualTo(Span.parse("24h"));
    assertThat(config.http().listen()).isEqualTo("127.0.0.1:8080");
    assertThat(config.http().tokenPublicKeyFile()).isNull();
    assertThat(config.log().format()).isEqualTo(LogConfig.Format.TEXT);
  }

  @Test
  @DisplayName("is read whole")
  void whole() {
    AgentConfig config = parse(WHOLE);

    assertThat(config.connection().userFile()).isEqualTo("/run/secrets/user");
    assertThat(config.connection().tls().mode()).isEqualTo(TlsMode.VERIFY_FULL);
    assertThat(config.storage().s3().sse().type()).isEqualTo(SseType.KMS);
    assertThat(config.storage().s3().credentials().sessionTokenFile())
        .isEqualTo("/run/aws/AWS_SESSION_TOKEN");
    assertThat(config.takeOverEpoch()).isEqualTo(7);
    assertThat(config.wal().flushInterval().duration()).hasMillis(500);
    assertThat(config.baseBackup().maxRate().bytes()).isEqualTo(100_000_000);
    assertThat(config.http().listen()).isEqualTo("[::]:8080");
    assertThat(config.log().level()).isEqualTo(LogConfig.Level.DEBUG);
  }

  @Test
  @DisplayName("may be what an operator writes: the same document as JSON")
  void json() {
    AgentConfig config = parse(WHOLE);

    assertThat(parse(ContractJson.writePretty(config))).isEqualTo(config);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        problem(
            "an unknown key, with what was meant",
            3,
            1,
            "retenton: there is no such key; did you mean retention?",
            SHORTEST + "retenton: {}\n"),
        problem(
            "an unknown key below another",
            4,
            3,
            "wal.flushIntervall: there is no such key; did you mean flushInterval?",
            SHORTEST + "wal:\n  flushIntervall: 5s\n"),
        problem(
            "an unknown key that resembles none, with those there are",
            4,
            3,
            "retention.xyz: there is no such key; known are recoveryWindow, minBackups, gracePeriod",
            SHORTEST + "retention:\n  xyz: 1\n"),
        problem(
            "a secret",
            2,
            3,
            "connection.password: there is no such key. Secrets do not stand in this file: write passwordFile",
            "connection:\n  password: hunter2\n  user: a\nstorage: {directory: /a}\n"),
        problem(
            "a key that is there twice",
            4,
            1,
            "storage: is there twice",
            SHORTEST + "lineage: 1\nstorage: {directory: /b}\n"),
        problem(
            "a missing key, with what it means",
            2,
            3,
            "storage.s3.bucket: is missing; name of the bucket.",
            "storage:\n  s3: {region: x}\n"),
        problem(
            "a duration in words",
            4,
            19,
            "retention.recoveryWindow: \"14 days\" is not a duration",
            SHORTEST + "retention:\n  recoveryWindow: 14 days\n"),
        problem(
            "a size without its unit's spelling",
            3,
            30,
            "wal.retainedWal.limit: \"16GB\" is not a size",
            SHORTEST + "wal: {retainedWal: {limit:   16GB}}\n"),
        problem(
            "a number that is none",
            3,
            10,
            "lineage: \"two\" is not a whole number",
            SHORTEST + "lineage: two\n"),
        problem(
            "a word that is none of those possible",
            3,
            18,
            "wal.transport: \"sql\" is none of Auto, Sql; did you mean Sql?",
            SHORTEST + "wal: {transport: sql}\n"),
        problem(
            "neither true nor false",
            3,
            25,
            "baseBackup.immediate: \"yes\" is neither true nor false",
            SHORTEST + "baseBackup: {immediate: yes}\n"),
        problem("a list", 3, 10, "lineage: expected a single value", SHORTEST + "lineage: [1]\n"),
        problem(
            "a value where keys belong",
            3,
            6,
            "wal: expected keys below it, one of slotName",
            SHORTEST + "wal: fast\n"),
        problem(
            "a newer version",
            3,
            1,
            "version: this program reads version 1 only",
            SHORTEST + "version: 2\n"),
        problem(
            "no store",
            1,
            1,
            "storage: needs exactly one of s3 and directory",
            "connection: {user: a}\n"),
        problem(
            "two stores",
            1,
            1,
            "storage: needs exactly one of s3 and directory",
            "storage: {directory: /a, s3: {bucket: abc}}\n"),
        problem(
            "no user",
            1,
            1,
            "connection: needs either user or userFile",
            "connection: {host: db}\nstorage: {directory: /a}\n"),
        problem(
            "a port that is none",
            1,
            14,
            "connection.port: a port is a number from 1 to 65535",
            "connection: {port: 70000, user: a}\nstorage: {directory: /a}\n"),
        problem(
            "a slot's name that PostgreSQL refuses",
            3,
            7,
            "wal.slotName: a slot's name has 1 to 63",
            SHORTEST + "wal: {slotName: My-Slot}\n"),
        problem(
            "a cron expression that is none",
            3,
            14,
            "baseBackup.schedule: \"61 2 * * *\" is not a cron expression",
            SHORTEST + "baseBackup: {schedule: 61 2 * * *}\n"),
        problem(
            "a time zone that is none",
            3,
            14,
            "baseBackup.timeZone: \"Europe/Berlim\" is not a time zone",
            SHORTEST + "baseBackup: {timeZone: Europe/Berlim}\n"),
        problem(
            "limits in the wrong order",
            3,
            7,
            "wal.retainedWal: warnAt must be above 0 and at most limit",
            SHORTEST + "wal: {retainedWal: {warnAt: 3Gi, limit: 2Gi}}\n"),
        problem(
            "a retention of nothing",
            3,
            13,
            "retention.minBackups: must be at least 1",
            SHORTEST + "retention: {minBackups: 0}\n"),
        problem(
            "a key without its audience",
            3,
            1,
            "http: tokenPublicKeyFile and tokenAudience need each other",
            SHORTEST + "http: {tokenPublicKeyFile: /a}\n"),
        problem(
            "an address to listen on without a port",
            3,
            8,
            "http.listen: \"localhost\" is not an address to listen on",
            SHORTEST + "http: {listen: localhost}\n"),
        problem(
            "a bucket's name that is not legal",
            2,
            3,
            "storage.s3: the bucket's name is not legal",
            "storage:\n  s3: {bucket: a/b}\n"),
        problem("text that is not YAML", 1, 10, "this is not YAML", "storage: : :\n"),
        problem("tabs", 2, 1, "this is not YAML", "storage:\n\tdirectory: /a\n"),
        problem("a single value", 1, 1, "the file must hold keys and values", "pgbackup\n"));
  }

  private static Arguments problem(String what, int line, int column, String message, String yaml) {
    return Arguments.of(what, line, column, message, yaml);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  @DisplayName("that is wrong is refused, with line and column of")
  void refused(String what, int line, int column, String message, String yaml) {
    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.ConfigurationInvalid))
        .hasMessageStartingWith("pgbackup.yaml has a problem:")
        .hasMessageContaining("line " + line + ", column " + column + ": " + message);
  }

  @Test
  @DisplayName("C16 never has a secret repeated that somebody put into it")
  void secret() {
    assertThatThrownBy(
            () -> parse("connection: {user: a, password: hunter2}\nstorage: {directory: /a}\n"))
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  @DisplayName("has all of its problems named at once, in order")
  void several() {
    assertThatThrownBy(
            () ->
                parse(
                    """
                    storage:
                      directory: /a
                    wal:
                      flushInterval: soon
                    lineage: x
                    retention: {recoveryWindow: ever, minimum: 1}
                    """))
        .hasMessageStartingWith("pgbackup.yaml has 4 problems:\n  line 4, column 18: ")
        .hasMessageContainingAll("line 5, column 10", "line 6, column 29", "line 6, column 35");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000",
        "&a [*a, *a]",
        "- 1",
        "\"unfinished",
        "{",
        "? {a: b}\n: c",
        "!!java.net.URL [\"http://a\"]"
      })
  @DisplayName("that is anything else is refused too")
  void garbage(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(EngineException.class);
  }

  @Test
  @DisplayName("in another encoding is refused")
  void encoding() {
    assertThatThrownBy(() -> ConfigFile.parse("a", new byte[] {'a', ':', ' ', (byte) 0xe9}))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  @DisplayName("that is not there is named")
  void missing(@TempDir Path directory) {
    assertThatThrownBy(() -> ConfigFile.read(directory.resolve("no.yaml")))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("no.yaml");
  }

  @Test
  @DisplayName("has a hash that tells whether its bytes have changed")
  void hash(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("pgbackup.yaml"), SHORTEST);
    String first = ConfigFile.read(file).hash();
    Files.writeString(file, SHORTEST + "# a comment\n");

    assertThat(first).matches("[0-9a-f]{64}");
    assertThat(ConfigFile.currentHash(file))
        .hasValueSatisfying(now -> assertThat(now).isNotEqualTo(first));
    Files.delete(file);
    assertThat(ConfigFile.currentHash(file)).isEmpty();
  }

  private static AgentConfig parse(String yaml) {
    return ConfigFile.parse("pgbackup.yaml", yaml.getBytes(StandardCharsets.UTF_8));
  }
}
