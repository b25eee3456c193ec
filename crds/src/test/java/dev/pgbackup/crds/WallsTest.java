package dev.pgbackup.crds;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The custom resources are types and nothing else. */
@AnalyzeClasses(
    packages = "dev.pgbackup.crds",
    importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {

  @ArchTest
  static final ArchRule NEEDS_THE_MODEL_OF_KUBERNETES_AND_NOTHING_OF_OURS =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.pgbackup.crds..",
              "java..",
              "com.fasterxml.jackson.annotation..",
              "io.fabric8.crd.generator.annotation..",
              "io.fabric8.generator.annotation..",
              "io.fabric8.kubernetes.api.model..",
              "io.fabric8.kubernetes.client",
              "io.fabric8.kubernetes.model.annotation..",
              "org.jspecify.annotations..");

  @ArchTest
  static final ArchRule KINDS_DO_NOT_KNOW_EACH_OTHER =
      slices()
          .matching("dev.pgbackup.crds.(policy|backup|restore)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("dev.pgbackup.crds.(*)..").should().beFreeOfCycles();
}
