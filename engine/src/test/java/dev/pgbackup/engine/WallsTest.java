package dev.pgbackup.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** Who may use what within the engine: the walls that keep it small and movable. */
@AnalyzeClasses(
    packages = "dev.pgbackup.engine",
    importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

  @ArchTest
  static final ArchRule THE_ENGINE_KNOWS_NOTHING_ABOVE_IT =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.pgbackup.agent..",
              "dev.pgbackup.contract..",
              "dev.pgbackup.crds..",
              "dev.pgbackup.operator..",
              "dev.pgbackup.testkit..",
              "io.fabric8..",
              "io.kubernetes..",
              "io.javaoperatorsdk..",
              "io.quarkus..",
              "io.micrometer..",
              "jakarta..",
              "picocli..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.pgbackup.engine.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONLY_THE_S3_STORE_KNOWS_THE_AWS_SDK =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.pgbackup.engine.store.s3")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("software.amazon..", "org.apache.hc..");

  @ArchTest
  static final ArchRule ONLY_WHAT_OPENS_STORES_KNOWS_THEIR_KINDS =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.pgbackup.engine.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.pgbackup.engine.store.s3", "dev.pgbackup.engine.store.fs");

  @ArchTest
  static final ArchRule A_STORE_KNOWS_NOTHING_OF_WHAT_IS_STORED =
      noClasses()
          .that()
          .resideInAPackage("dev.pgbackup.engine.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.pgbackup.engine.archive..",
              "dev.pgbackup.engine.backup..",
              "dev.pgbackup.engine.postgres..",
              "dev.pgbackup.engine.restore..",
              "dev.pgbackup.engine.retention..",
              "dev.pgbackup.engine.verify..",
              "dev.pgbackup.engine.wal..");

  @ArchTest
  static final ArchRule ONLY_THOSE_WHO_READ_FROM_SERVERS_KNOW_THE_DRIVER =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.pgbackup.engine.postgres.session",
              "dev.pgbackup.engine.wal.transport",
              "dev.pgbackup.engine.backup",
              "dev.pgbackup.engine.restore.check")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.postgresql..");

  @ArchTest
  static final ArchRule VALUES_OF_POSTGRESQL_DO_NO_IO =
      noClasses()
          .that()
          .resideInAPackage("dev.pgbackup.engine.postgres")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.io..", "java.nio.file..", "java.net..", "java.sql..");

  @ArchTest
  static final ArchRule THE_DECODER_DOES_NO_IO =
      noClasses()
          .that()
          .resideInAPackage("dev.pgbackup.engine.wal.record")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.nio.file..",
              "java.net..",
              "java.sql..",
              "dev.pgbackup.engine.store..",
              "dev.pgbackup.engine.archive..");

  @ArchTest static final ArchRule LOGS_BY_SLF4J = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

  @ArchTest static final ArchRule PRINTS_NOTHING = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest
  static void everyPackageSaysWhereNullMayBe(JavaClasses engine) {
    assertThat(engine.getPackage("dev.pgbackup.engine").getSubpackagesInTree())
        .filteredOn(found -> !found.getClasses().isEmpty())
        .isNotEmpty()
        .allMatch(found -> found.isAnnotatedWith(NullMarked.class), "is @NullMarked")
        .extracting(JavaPackage::getName)
        .contains("dev.pgbackup.engine.store.s3");
  }
}
