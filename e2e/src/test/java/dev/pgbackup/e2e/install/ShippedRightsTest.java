package dev.pgbackup.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Rights that nobody used")
class ShippedRightsTest {

  private static final ShippedRights RIGHTS =
      ShippedRights.of(
          List.of(
              """
              kind: ClusterRole
              metadata: {name: pgbackup-operator}
              rules:
                - {apiGroups: [apps], resources: [deployments], verbs: [get, create, patch]}
                - {apiGroups: [""], resources: [pods, pods/log], verbs: [get]}
              ---
              kind: ClusterRole
              metadata: {name: pgbackup-view}
              rules:
                - {apiGroups: [pgbackup.dev], resources: [pgbackups], verbs: [get]}
              """,
              """
              kind: Role
              metadata: {name: pgbackup-operator-own}
              rules:
                - {apiGroups: [""], resources: [secrets], verbs: [update]}
              """));

  @Test
  @DisplayName("are those of the operator's roles, verb by verb")
  void all() {
    assertThat(RIGHTS.unused(""))
        .containsExactlyInAnyOrder(
            "get apps/deployments",
            "create apps/deployments",
            "patch apps/deployments",
            "get /pods",
            "get /pods/log",
            "update /secrets");
  }

  @Test
  @DisplayName("are less what was asked for; to apply is to create and to patch")
  void unused() {
    assertThat(
            RIGHTS.unused(
                """
                # TYPE pgbackup_api_requests_total counter
                pgbackup_api_requests_total{group="apps",resource="deployments",verb="apply"} 3.0
                pgbackup_api_requests_total{group="",resource="pods/log",verb="get"} 1.0
                pgbackup_api_requests_total{group="batch",resource="secrets",verb="update"} 1.0
                other_total{group="",resource="pods",verb="get"} 1.0
                """))
        .containsExactlyInAnyOrder("get apps/deployments", "get /pods", "update /secrets");
  }
}
