package dev.pgbackup.crds.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of the repository that is generated. It is compared with what would be generated today;
 * with {@code -Dgenerate} it is written.
 */
record GeneratedFile(Path path) {

  /** A file of this module. */
  static GeneratedFile ofModule(String name) {
    return new GeneratedFile(Path.of(name));
  }

  /** A file of the repository. */
  static GeneratedFile ofRepository(String name) {
    return new GeneratedFile(Path.of("..").resolve(name));
  }

  void isCurrent(String content) throws IOException {
    if (System.getProperty("generate") != null) {
      Files.writeString(path, content);
    }
    assertThat(path).as("%s: run `mvn -pl crds -am test -Dgenerate` and commit it", path).exists();
    assertThat(Files.readString(path))
        .as(
            "%s is not what the types say: run `mvn -pl crds -am test -Dgenerate` and commit it",
            path)
        .isEqualTo(content);
  }
}
