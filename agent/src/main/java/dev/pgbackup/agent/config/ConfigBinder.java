package dev.pgbackup.agent.config;

import dev.pgbackup.contract.config.Setting;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Makes records of YAML nodes. It goes on after a problem, so that a person learns all of them at
 * once.
 */
final class ConfigBinder {

  private final List<ConfigProblem> problems = new ArrayList<>();
  private final Map<String, Mark> marks = new LinkedHashMap<>();

  /** What was found so far. */
  List<ConfigProblem> problems() {
    return problems;
  }

  /** Notes a problem with a key, at the key's place or at that of the nearest one around it. */
  void problem(String path, String message) {
    String known = path;
    while (!marks.containsKey(known) && known.contains(".")) {
      known = known.substring(0, known.lastIndexOf('.'));
    }
    Mark mark = marks.get(known);
    add(mark, path + ": " + message);
  }

  private void add(@Nullable Mark mark, String message) {
    problems.add(
        new ConfigProblem(
            mark == null ? 1 : mark.getLine() + 1,
            mark == null ? 1 : mark.getColumn() + 1,
            message));
  }

  /** The document as a record; meaningless where there are problems. */
  <T extends Record> Optional<T> document(@Nullable Node root, Class<T> type) {
    if (root != null && !(root instanceof MappingNode) && !isNull(root)) {
      add(root.getStartMark(), "the file must hold keys and values, not a single value or a list");
      return Optional.empty();
    }
    return Optional.ofNullable(record(root, type, "")).map(type::cast);
  }

  private @Nullable Object record(@Nullable Node node, Class<?> type, String path) {
    Map<String, Node> children = children(node, type, path);
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    int before = problems.size();
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      values[i] =
          component(children.get(name), components[i], path.isEmpty() ? name : path + "." + name);
    }
    return problems.size() > before ? null : Records.create(type, values);
  }

  private Map<String, Node> children(@Nullable Node node, Class<?> type, String path) {
    Map<String, Node> children = new LinkedHashMap<>();
    if (node == null || isNull(node)) {
      return children;
    }
    if (!(node instanceof MappingNode mapping)) {
      add(
          node.getStartMark(),
          path + ": expected keys below it, one of " + String.join(", ", Records.names(type)));
      return children;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      Node key = tuple.getKeyNode();
      String name = key instanceof ScalarNode scalar ? scalar.getValue() : "?";
      String full = path.isEmpty() ? name : path + "." + name;
      if (!Records.names(type).contains(name)) {
        add(key.getStartMark(), full + ": there is no such key" + hint(name, type));
      } else if (children.put(name, tuple.getValueNode()) != null) {
        add(key.getStartMark(), full + ": is there twice");
      } else {
        marks.put(full, key.getStartMark());
      }
    }
    return children;
  }

  private static String hint(String name, Class<?> type) {
    List<String> known = Records.names(type);
    if (known.contains(name + "File")) {
      return ". Secrets do not stand in this file: write "
          + name
          + "File, the path of a file that holds it";
    }
    return Suggestion.of(name, known)
        .map(best -> "; did you mean " + best + "?")
        .orElse("; known are " + String.join(", ", known));
  }

  private @Nullable Object component(@Nullable Node node, RecordComponent component, String path) {
    Setting setting = component.getAnnotation(Setting.class);
    String byDefault = setting == null ? "" : setting.byDefault();
    boolean absent = node == null || isNull(node);
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    if (Records.isGroup(component.getType())) {
      return absent && nullable ? null : record(node, component.getType(), path);
    }
    if (node == null || absent) {
      if (nullable) {
        return null;
      }
      if (byDefault.isEmpty()) {
        problem(path, "is missing; " + (setting == null ? "" : lower(setting.value())));
        return null;
      }
      return Records.parse(component.getType(), byDefault.replaceAll("^\"|\"$", ""));
    }
    if (!(node instanceof ScalarNode scalar)) {
      add(node.getStartMark(), path + ": expected a single value");
      return null;
    }
    try {
      return Records.parse(component.getType(), scalar.getValue());
    } catch (IllegalArgumentException e) {
      add(node.getStartMark(), path + ": " + e.getMessage());
      return null;
    }
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String lower(String sentence) {
    return sentence.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + sentence.substring(1);
  }
}
