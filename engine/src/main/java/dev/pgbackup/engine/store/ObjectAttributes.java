package dev.pgbackup.engine.store;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Short strings kept with an object.
 *
 * @param values by name; names are lower case letters, digits and {@code -}
 */
public record ObjectAttributes(Map<String, String> values) {

  /** SHA-256 of the content before compression and encryption, hexadecimal. */
  public static final String PLAIN_SHA256 = "plain-sha256";

  /** Size of the content before compression and encryption, decimal bytes. */
  public static final String PLAIN_SIZE = "plain-size";

  /** An id that one call to create the object chose at random: tells one's own earlier write. */
  public static final String ATTEMPT = "attempt";

  public static final ObjectAttributes NONE = new ObjectAttributes(Map.of());

  public ObjectAttributes {
    values = Map.copyOf(values);
    values.forEach(
        (name, value) -> {
          if (!name.matches("[a-z0-9-]{1,64}") || !value.matches("[ -~]{0,256}")) {
            throw new IllegalArgumentException("\"" + name + "\" is not a legal attribute");
          }
        });
  }

  /** These, with an {@link #ATTEMPT} of their own if they have none. */
  public ObjectAttributes withAttempt() {
    return values.containsKey(ATTEMPT) ? this : with(ATTEMPT, UUID.randomUUID().toString());
  }

  /** Whether both come from one and the same call to create an object. */
  public boolean sameAttempt(ObjectAttributes other) {
    return get(ATTEMPT).isPresent() && get(ATTEMPT).equals(other.get(ATTEMPT));
  }

  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  public ObjectAttributes with(String name, String value) {
    Map<String, String> more = new TreeMap<>(values);
    more.put(name, value);
    return new ObjectAttributes(more);
  }
}
