package dev.pgbackup.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** Who may use what within the agent: it puts the engine to use, and knows what the engine says. */
@AnalyzeClasses(
    packages = "dev.pgbackup.agent",
    importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

  @ArchTest
  static final ArchRule STORES_AND_SERVERS_ARE_THE_ENGINES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "software.amazon..",
              "org.postgresql..",
              "java.sql..",
              "com.github.luben..",
              "io.fabric8..",
              "io.quarkus..",
              "dev.pgbackup.testkit..");

  @ArchTest
  static final ArchRule ONLY_COMMANDS_KNOW_PICOCLI =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.pgbackup.agent.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.pgbackup.agent.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule WHAT_IS_PRINTED_GOES_THROUGH_THE_TERMINAL =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.pgbackup.agent.output", "dev.pgbackup.agent.log")
          .should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static void everyPackageSaysWhereNullMayBe(JavaClasses agent) {
    assertThat(agent.getPackage("dev.pgbackup.agent").getSubpackagesInTree())
        .filteredOn(found -> !found.getClasses().isEmpty())
        .isNotEmpty()
        .allMatch(found -> found.isAnnotatedWith(NullMarked.class), "is @NullMarked");
  }
}
