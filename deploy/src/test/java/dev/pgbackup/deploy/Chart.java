package dev.pgbackup.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.util.List;
import java.util.Map;

/** The chart, rendered by Helm as it would be installed. */
final class Chart {

  static final String NAMESPACE = "pgbackup-system";

  private static final Helm HELM = new Helm(Shipped.path("deploy/chart"));

  private Chart() {}

  static List<JsonNode> objects(Map<String, String> values) {
    TemplateCommand template = HELM.template().withName("pgbackup").withNamespace(NAMESPACE);
    values.forEach(template::set);
    return Shipped.documents(template.call());
  }

  static List<JsonNode> definitions() {
    return Shipped.documents(HELM.show().crds().call());
  }

  static List<String> complaints() {
    return HELM.lint().strict().call().getMessages();
  }
}
