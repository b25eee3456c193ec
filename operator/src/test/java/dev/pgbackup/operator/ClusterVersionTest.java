package dev.pgbackup.operator;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The version of Kubernetes")
class ClusterVersionTest {

  @Test
  @DisplayName("1.29 is the oldest, as clusters write it")
  void oldest() {
    assertThatCode(() -> ClusterVersion.require("1", "29+")).doesNotThrowAnyException();
    assertThatCode(() -> ClusterVersion.require("1", "34")).doesNotThrowAnyException();
    assertThatThrownBy(() -> ClusterVersion.require("1", "28"))
        .hasMessageContaining("1.28")
        .hasMessageContaining("1.29 or newer");
  }
}
