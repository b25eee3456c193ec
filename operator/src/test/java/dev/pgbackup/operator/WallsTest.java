package dev.pgbackup.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may use what within the operator. */
@AnalyzeClasses(
    packages = "dev.pgbackup.operator",
    importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

  private static final String[] PURE = {
    "dev.pgbackup.operator..model..",
    "dev.pgbackup.operator.workload..",
    "dev.pgbackup.operator.pod.."
  };

  @ArchTest
  static final ArchRule THE_OPERATOR_OPENS_NEITHER_STORE_NOR_POSTGRESQL =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.pgbackup.engine..",
              "dev.pgbackup.agent..",
              "software.amazon..",
              "org.postgresql..",
              "java.sql..",
              "javax.sql..");

  @ArchTest
  static final ArchRule MODELS_DO_NO_IO_AND_ASK_NO_CLOCK =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.fabric8.kubernetes.client..",
              "io.javaoperatorsdk..",
              "java.net..",
              "dev.pgbackup.operator.kube..",
              "dev.pgbackup.operator.agent..")
          .orShould()
          .callMethod(java.time.Instant.class, "now");

  @ArchTest
  static final ArchRule NOBODY_ASKS_THE_MACHINE_FOR_THE_TIME =
      noClasses().should().callMethod(java.time.Instant.class, "now");

  @ArchTest
  static final ArchRule SECRETS_ARE_READ_IN_ONE_PLACE =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.pgbackup.operator.agent.OperatorKeys")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.fabric8.kubernetes.api.model.Secret");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.pgbackup.operator.(**)").should().beFreeOfCycles();
}
