package dev.pgbackup.agent.docs;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.pgbackup.contract.config.AgentConfig;
import dev.pgbackup.contract.config.ByteSize;
import dev.pgbackup.contract.config.Setting;
import dev.pgbackup.contract.config.Span;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keys of the configuration file, as a table. */
final class ConfigurationReference {

  private ConfigurationReference() {}

  static String markdown() {
    StringBuilder page =
        new StringBuilder("| key | type | default | what it is |\n|---|---|---|---|\n");
    rows(page, AgentConfig.class, "");
    return page.toString();
  }

  private static void rows(StringBuilder page, Class<?> type, String path) {
    for (RecordComponent key : type.getRecordComponents()) {
      Setting setting = key.getAnnotation(Setting.class);
      boolean group =
          key.getType().isRecord()
              && key.getType() != Span.class
              && key.getType() != ByteSize.class;
      boolean optional = key.getAnnotatedType().isAnnotationPresent(Nullable.class);
      String byDefault =
          !setting.byDefault().isEmpty()
              ? "`" + setting.byDefault() + "`"
              : optional || group ? "" : "must be there";
      page.append("| `")
          .append(path)
          .append(key.getName())
          .append("` | ")
          .append(group ? "" : type(key.getType()))
          .append(" | ")
          .append(byDefault)
          .append(" | ")
          .append(setting.value())
          .append(" |\n");
      if (group) {
        rows(page, key.getType(), path + key.getName() + ".");
      }
    }
  }

  private static String type(Class<?> type) {
    if (type == Span.class) {
      return "duration";
    } else if (type == ByteSize.class) {
      return "size";
    } else if (type == String.class) {
      return "text";
    } else if (type == boolean.class) {
      return "`true`, `false`";
    } else if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> "`" + word((Enum<?>) constant) + "`")
          .collect(Collectors.joining(", "));
    }
    return "number";
  }

  private static String word(Enum<?> constant) {
    try {
      JsonProperty property =
          constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class);
      return property == null ? constant.name() : property.value();
    } catch (NoSuchFieldException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
