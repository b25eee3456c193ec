package dev.pgbackup.deploy.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pgbackup.deploy.Shipped;
import java.util.Map;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.jse.JsePlatform;

/**
 * Runs the scripts of the ConfigMap for Argo CD as that does: the object is the global {@code obj},
 * and the script returns status and message.
 */
final class ArgoHealth {

  private static final JsonNode CONFIG_MAP =
      Shipped.documents(Shipped.path("deploy/gitops/argocd/argocd-cm.yaml")).get(0);

  record Health(String status, String message) {}

  private ArgoHealth() {}

  static Health of(JsonNode object) {
    Globals lua = JsePlatform.standardGlobals();
    lua.set("obj", value(object));
    LuaValue answer = lua.load(script(object.path("kind").asText())).call();
    return new Health(answer.get("status").checkjstring(), answer.get("message").checkjstring());
  }

  private static String script(String kind) {
    String key = "resource.customizations.health.pgbackup.dev_" + kind;
    JsonNode script = CONFIG_MAP.path("data").path(key);
    if (!script.isTextual()) {
      throw new IllegalArgumentException("there is no " + key);
    }
    return script.asText();
  }

  private static LuaValue value(JsonNode json) {
    if (json.isObject()) {
      LuaTable table = new LuaTable();
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        table.set(field.getKey(), value(field.getValue()));
      }
      return table;
    }
    if (json.isArray()) {
      LuaTable table = new LuaTable();
      for (int i = 0; i < json.size(); i++) {
        table.set(i + 1, value(json.get(i)));
      }
      return table;
    }
    if (json.isNumber()) {
      return LuaValue.valueOf(json.asDouble());
    }
    if (json.isBoolean()) {
      return LuaValue.valueOf(json.asBoolean());
    }
    return json.isNull() ? LuaValue.NIL : LuaValue.valueOf(json.asText());
  }
}
