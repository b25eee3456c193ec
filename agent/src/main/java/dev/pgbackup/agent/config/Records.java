package dev.pgbackup.agent.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.pgbackup.contract.config.ByteSize;
import dev.pgbackup.contract.config.Span;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** The records of the configuration, by reflection: their keys, and values from text. */
final class Records {

  private Records() {}

  /** Whether a type has keys of its own, rather than being one value. */
  static boolean isGroup(Class<?> type) {
    return type.isRecord() && type != Span.class && type != ByteSize.class;
  }

  static List<String> names(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  static Object create(Class<?> type, Object[] values) {
    try {
      return type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getType)
                  .toArray(Class<?>[]::new))
          .newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(type + " refuses values that were checked", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if the text is none of that type
   */
  static Object parse(Class<?> type, String text) {
    if (type == String.class) {
      return text;
    } else if (type == Span.class) {
      return Span.parse(text);
    } else if (type == ByteSize.class) {
      return ByteSize.parse(text);
    } else if (type == int.class) {
      return Math.toIntExact(number(text, Integer.MAX_VALUE));
    } else if (type == Long.class) {
      return number(text, Long.MAX_VALUE);
    } else if (type == boolean.class) {
      return bool(text);
    } else if (type.isEnum()) {
      return constant(type, text);
    }
    throw new IllegalStateException("no values of " + type + " are read from configurations");
  }

  private static long number(String text, long most) {
    try {
      if (text.matches("[0-9]{1,19}")) {
        long number = Long.parseLong(text);
        if (number <= most) {
          return number;
        }
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("\"" + text + "\" is not a whole number from 0 to " + most);
  }

  private static boolean bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("\"" + text + "\" is neither true nor false");
    };
  }

  private static Object constant(Class<?> type, String text) {
    Object[] constants = type.getEnumConstants();
    List<String> words = Arrays.stream(constants).map(Records::word).toList();
    int found = words.indexOf(text);
    if (found < 0) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is none of "
              + String.join(", ", words)
              + Suggestion.of(text, words).map(best -> "; did you mean " + best + "?").orElse(""));
    }
    return constants[found];
  }

  /** The way in which a constant is written in files. */
  static String word(Object constant) {
    String name = ((Enum<?>) constant).name();
    try {
      JsonProperty property = constant.getClass().getField(name).getAnnotation(JsonProperty.class);
      return property == null ? name : property.value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }
}
