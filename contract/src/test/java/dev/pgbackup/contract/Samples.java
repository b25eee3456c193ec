package dev.pgbackup.contract;

import dev.pgbackup.contract.config.AgentConfig;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Documents with every component set, so that a test notices one that gets lost. */
final class Samples {

  private Samples() {}

  static <T> T full(Class<T> type) {
    return type.cast(value(type, type.getSimpleName()));
  }

  private static Object value(Type type, String name) {
    if (type instanceof ParameterizedType list) {
      return List.of(value(list.getActualTypeArguments()[0], name));
    }
    Class<?> raw = (Class<?>) type;
    if (raw == int.class || raw == Integer.class) {
      return name.equals("version") ? 1 : 1 + Math.floorMod(name.hashCode(), 1000);
    } else if (raw == long.class || raw == Long.class) {
      return 1L + Math.floorMod(name.hashCode(), 1000);
    } else if (raw == boolean.class || raw == Boolean.class) {
      return true;
    } else if (raw == String.class) {
      return "a " + name;
    } else if (raw == Instant.class) {
      return Instant.parse("2026-11-22T14:03:07.123456Z").plusSeconds(name.length());
    } else if (raw.isEnum()) {
      return raw.getEnumConstants()[0];
    } else if (raw.getName().startsWith(AgentConfig.class.getPackageName())
        && raw.getRecordComponents().length == 1) {
      return quantity(raw);
    }
    return record(raw);
  }

  private static Object quantity(Class<?> type) {
    try {
      return type.getMethod("parse", String.class)
          .invoke(null, type.getSimpleName().equals("Span") ? "90s" : "3Mi");
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null) {
      throw new AssertionError("no sample for " + type);
    }
    Object[] values =
        Arrays.stream(components).map(c -> value(c.getGenericType(), c.getName())).toArray();
    try {
      Constructor<?> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
