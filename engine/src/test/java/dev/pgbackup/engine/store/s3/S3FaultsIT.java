package dev.pgbackup.engine.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectInfo;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PreconditionFailedException;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.UploadLostException;
import dev.pgbackup.engine.store.decorate.RetryPolicy;
import dev.pgbackup.engine.store.decorate.RetryingStore;
import dev.pgbackup.engine.store.decorate.StoreMetrics;
import dev.pgbackup.testkit.FaultProxy;
import dev.pgbackup.testkit.RequestFault;
import dev.pgbackup.testkit.S3Server;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("S1: every kind of request meets every kind of fault")
class S3FaultsIT {

  private static final int MIB = 1024 * 1024;
  private static final byte[] BIG = Content.random(6 * MIB, 1);
  private static final RetryPolicy QUICK =
      new RetryPolicy(Duration.ofSeconds(20), Duration.ofMillis(1), Duration.ofMillis(20));

  /** A kind of request, what makes it, and what must be so afterwards. */
  enum Kind {
    PUT("PUT", "[^?]*/made", Kind::put, store -> hasText(store, "made")),
    HEAD(
        "HEAD", "[^?]*/there", store -> assertThat(store.head("there")).isPresent(), Kind::nothing),
    GET("GET", "[^?]*/there", store -> hasText(store, "there"), Kind::nothing),
    GET_RANGE("GET", "[^?]*/big", Kind::readRange, Kind::nothing),
    LIST("GET", ".*list-type=2.*", store -> hasKeys(store, "big", "there"), Kind::nothing),
    FOLDERS("GET", ".*delimiter.*", store -> store.listFolders(""), Kind::nothing),
    DELETE(
        "DELETE", "[^?]*/there", store -> store.delete(List.of("there")), s -> hasKeys(s, "big")),
    DELETE_BATCH("POST", ".*\\?delete", s -> s.delete(List.of("there", "big")), Kind::hasKeys),
    BEGIN("POST", ".*\\?uploads", Kind::upload, Kind::isUploaded),
    PART("PUT", ".*partNumber=.*", Kind::upload, Kind::isUploaded),
    COMPLETE("POST", ".*[?&]uploadId=.*", Kind::upload, Kind::isUploaded),
    ABORT("DELETE", ".*uploadId=.*", Kind::abort, Kind::hasNoUploads),
    UPLOADS("GET", ".*\\?.*uploads.*", Kind::abort, Kind::hasNoUploads);

    private final String method;
    private final String target;
    private final Consumer<ObjectStore> work;
    private final Consumer<ObjectStore> check;

    Kind(String method, String target, Consumer<ObjectStore> work, Consumer<ObjectStore> check) {
      this.method = method;
      this.target = target;
      this.work = work;
      this.check = check;
    }

    RequestFault in(FaultProxy proxy) {
      return proxy.when(method, target);
    }

    boolean hasAnswerBody() {
      return List.of(GET, GET_RANGE, LIST, FOLDERS, DELETE_BATCH, BEGIN, COMPLETE, UPLOADS)
          .contains(this);
    }

    private static void nothing(ObjectStore store) {}

    private static void put(ObjectStore store) {
      store.put("made", Content.of("made"), ObjectAttributes.NONE, PutOptions.CREATE);
    }

    private static void readRange(ObjectStore store) {
      assertThat(Content.read(store, "big", new ByteRange(MIB, 4L * MIB)))
          .isEqualTo(Arrays.copyOfRange(BIG, MIB, 5 * MIB));
    }

    private static void upload(ObjectStore store) {
      try (ObjectUpload upload =
          store.create("uploaded", ObjectAttributes.NONE, PutOptions.CREATE)) {
        upload.write(ByteBuffer.wrap(BIG));
        upload.commit();
      }
    }

    private static void isUploaded(ObjectStore store) {
      assertThat(Content.read(store, "uploaded", ByteRange.ALL)).isEqualTo(BIG);
    }

    private static void abort(ObjectStore store) {
      try (ObjectUpload upload = store.create("left", ObjectAttributes.NONE, PutOptions.CREATE)) {
        upload.write(ByteBuffer.wrap(BIG));
        store.abortUncommitted("left", Instant.now().plusSeconds(60));
        assertThatExceptionOfType(UploadLostException.class).isThrownBy(upload::commit);
      }
    }

    private static void hasNoUploads(ObjectStore store) {
      assertThat(store.abortUncommitted("", Instant.now().plusSeconds(60))).isZero();
    }

    private static void hasText(ObjectStore store, String key) {
      assertThat(Content.text(store, key)).isEqualTo(key);
    }

    private static void hasKeys(ObjectStore store, String... keys) {
      assertThat(store.list("", "")).extracting(ObjectInfo::key).containsExactly(keys);
    }
  }

  /** A kind of fault, and how the store reports it when it is asked once. */
  enum Fault {
    INTERNAL_ERROR(fault -> fault.error(500, "InternalError"), Reason.BucketUnreachable),
    SLOW_DOWN(fault -> fault.error(503, "SlowDown"), Reason.StoreThrottled),
    BARE_503(fault -> fault.answer(503, "text/html", "<h1>busy</h1>"), Reason.StoreThrottled),
    BAD_GATEWAY(fault -> fault.answer(502, "text/html", ""), Reason.BucketUnreachable),
    TOO_MANY(fault -> fault.answer(429, "text/plain", "later"), Reason.StoreThrottled),
    REQUEST_TIMEOUT(fault -> fault.error(400, "RequestTimeout"), Reason.BucketUnreachable),
    RESET(RequestFault::reset, Reason.BucketUnreachable),
    HANG(RequestFault::hang, Reason.BucketUnreachable),
    LOST_ANSWER(RequestFault::loseAnswer, Reason.BucketUnreachable),
    ENDED_ANSWER(fault -> fault.endAnswer(3), Reason.BucketUnreachable),
    CUT_ANSWER(fault -> fault.cutAnswer(3), Reason.BucketUnreachable),
    CUT_REQUEST(fault -> fault.cutRequest(3), Reason.BucketUnreachable),
    ERROR_UNDER_200(fault -> fault.error(200, "InternalError"), Reason.BucketUnreachable),
    EMPTY_200(fault -> fault.answer(200, "application/xml", ""), Reason.BucketUnreachable);

    private final Function<RequestFault, RequestFault> how;
    private final Reason reason;

    Fault(Function<RequestFault, RequestFault> how, Reason reason) {
      this.how = how;
      this.reason = reason;
    }
  }

  @TempDir private static Path folder;
  private static S3Server server;
  private static FaultProxy proxy;
  private static S3Settings settings;
  private static S3Store patient;
  private static S3Store impatient;
  private static S3Store direct;

  @BeforeAll
  static void start() {
    server = S3Server.s3proxy();
    proxy = FaultProxy.http(server.endpoint());
    S3Settings.Builder there = new S3Keys(folder).write(server).settings(server);
    direct = S3Store.open(there.build());
    settings = there.endpoint(proxy.endpoint()).build();
    patient = S3Store.open(settings);
    patient.capabilities();
    impatient =
        S3Store.open(
            there
                .timeouts(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(3))
                .build());
    impatient.capabilities();
  }

  /** One that does not wait long where it is to wait in vain, and only there. */
  private static S3Store bare(Fault fault) {
    return fault == Fault.HANG ? impatient : patient;
  }

  @AfterAll
  static void stop() {
    patient.close();
    impatient.close();
    direct.close();
    proxy.close();
    server.close();
  }

  /** With what the test before has left of it, if it deleted any. */
  @BeforeEach
  void fill() {
    if (direct.head("there").isEmpty()) {
      direct.put("there", Content.of("there"), ObjectAttributes.NONE, PutOptions.CREATE);
    }
    if (direct.head("big").isEmpty()) {
      direct.put("big", List.of(ByteBuffer.wrap(BIG)), ObjectAttributes.NONE, PutOptions.CREATE);
    }
  }

  @AfterEach
  void empty() {
    proxy.pass();
    direct.abortUncommitted("", Instant.now().plusSeconds(60));
    direct.delete(
        direct
            .list("", "")
            .map(ObjectInfo::key)
            .filter(key -> !List.of("there", "big").contains(key))
            .toList());
  }

  static Stream<Arguments> everyFaultAtEveryKind() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                Stream.of(Fault.values())
                    .filter(fault -> isPossible(fault, kind))
                    .map(fault -> arguments(kind, fault)));
  }

  /** Some answers have no body to cut or to say a code in, and of some nothing is expected. */
  private static boolean isPossible(Fault fault, Kind kind) {
    return switch (fault) {
      case ENDED_ANSWER, CUT_ANSWER -> kind.hasAnswerBody();
      case REQUEST_TIMEOUT -> kind != Kind.HEAD;
      case ERROR_UNDER_200, EMPTY_200 -> kind != Kind.DELETE && kind != Kind.ABORT;
      default -> true;
    };
  }

  @ParameterizedTest
  @MethodSource("everyFaultAtEveryKind")
  void a_request_that_failed_once_is_made_again_and_its_work_done(Kind kind, Fault fault) {
    RequestFault struck = fault.how.apply(kind.in(proxy));
    ObjectStore store = new RetryingStore(bare(fault), QUICK, StoreMetrics.NONE);

    kind.work.accept(store);

    assertThat(struck.hits()).isOne();
    kind.check.accept(store);
  }

  @ParameterizedTest
  @EnumSource
  void a_fault_is_reported_as_what_it_is(Fault fault) {
    RequestFault struck = fault.how.apply(Kind.LIST.in(proxy));

    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> bare(fault).list("", "").count())
        .satisfies(failure -> assertThat(failure.reason()).isEqualTo(fault.reason))
        .satisfies(failure -> assertThat(failure.isTransient()).isTrue())
        .withMessageContaining("listing")
        .withMessageContaining(server.bucket());
    assertThat(struck.hits()).isOne();
  }

  @Test
  void a_fault_that_does_not_pass_ends_the_call_when_its_time_is_over() {
    RequestFault struck = Kind.PUT.in(proxy).always().error(503, "SlowDown");
    RetryPolicy brief =
        new RetryPolicy(Duration.ofMillis(200), Duration.ofMillis(1), Duration.ofMillis(20));
    ObjectStore store = new RetryingStore(patient, brief, StoreMetrics.NONE);

    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> Kind.PUT.work.accept(store))
        .satisfies(failure -> assertThat(failure.reason()).isEqualTo(Reason.StoreThrottled));
    assertThat(struck.hits()).isGreaterThan(2);
    assertThat(direct.head("made")).isEmpty();
  }

  @Test
  void what_another_wrote_is_not_taken_for_an_own_write_whose_answer_was_lost() {
    ObjectStore store = new RetryingStore(patient, QUICK, StoreMetrics.NONE);
    Kind.put(direct);
    Kind.PUT.in(proxy).reset();

    assertThatExceptionOfType(PreconditionFailedException.class)
        .isThrownBy(
            () -> store.put("made", Content.of("other"), ObjectAttributes.NONE, PutOptions.CREATE));
    assertThat(Content.text(store, "made")).isEqualTo("made");
  }

  @ParameterizedTest
  @EnumSource(names = {"INTERNAL_ERROR", "RESET", "LOST_ANSWER", "EMPTY_200"})
  void a_fault_while_the_store_is_probed_is_not_taken_for_something_it_cannot_do(Fault fault) {
    S3Features known = direct.features();
    boolean struck = true;
    for (int requests = 0; struck; requests++) {
      proxy.pass();
      RequestFault next = fault.how.apply(proxy.when("*", ".*/probe/.*").after(requests));
      try (S3Store fresh = S3Store.open(settings)) {
        assertThat(new RetryingStore(fresh, QUICK, StoreMetrics.NONE).capabilities())
            .isEqualTo(known.capabilities());
        assertThat(fresh.features()).as("after a fault at request %d", requests).isEqualTo(known);
      }
      struck = next.hits() > 0;
      assertThat(requests).isLessThan(100);
    }
  }
}
