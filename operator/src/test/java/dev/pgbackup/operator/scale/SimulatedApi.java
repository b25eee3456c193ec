package dev.pgbackup.operator.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * As much of an API server as the operator uses: objects in memory, with lists by label, watches
 * from a resourceVersion on, optimistic locking, status as a subresource, and patches. What differs
 * from a real one: it applies server-side by merging, sets no defaults, knows no rights, and
 * collects no garbage. It counts what it is asked.
 */
final class SimulatedApi implements AutoCloseable {

  private static final ObjectMapper YAML = new YAMLMapper();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PATH =
      Pattern.compile(
          "/(?:api|apis/(?<group>[^/]+))/(?<version>[^/]+)(?:/namespaces/(?<namespace>[^/]+))?"
              + "/(?<plural>[^/]+)(?:/(?<name>[^/]+))?(?:/(?<part>[^/]+))?");
  private static final int UNPROCESSABLE = 422;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Kind> kinds = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();
  private final Map<String, String> documents;
  private final Consumer<ObjectNode> onCreate;
  private long version = 1;

  /** The objects of one kind, and everything that happened to them. */
  private static final class Kind {
    final Map<String, ObjectNode> objects = new TreeMap<>();
    final List<Happening> history = new ArrayList<>();
  }

  private record Happening(long version, String type, ObjectNode object) {}

  /**
   * Starts.
   *
   * @param documents what is answered as it is, by path
   * @param onCreate what plays the controllers of a cluster; is told of each new object
   */
  SimulatedApi(Map<String, String> documents, Consumer<ObjectNode> onCreate) throws IOException {
    this.documents = documents;
    this.onCreate = onCreate;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How often it was asked so far, by verb; writes to a status count apart. */
  Map<String, Long> calls() {
    Map<String, Long> sums = new TreeMap<>();
    calls.forEach((verb, sum) -> sums.put(verb, sum.sum()));
    return sums;
  }

  /** An object as it is now. */
  synchronized @Nullable ObjectNode get(String plural, String namespace, String name) {
    return kind(plural).objects.get(namespace + "/" + name);
  }

  synchronized List<ObjectNode> all(String plural) {
    return List.copyOf(kind(plural).objects.values());
  }

  /** Adds an object, as somebody else would. */
  void create(String plural, Object object) {
    ObjectNode node = new KubernetesSerialization().convertValue(object, ObjectNode.class);
    create(kind(plural), node, metadata(node).path("namespace").asText());
  }

  private Kind kind(String plural) {
    return kinds.computeIfAbsent(plural, k -> new Kind());
  }

  private static ObjectNode metadata(ObjectNode object) {
    return object.withObject("/metadata");
  }

  private static String key(ObjectNode object) {
    return metadata(object).path("namespace").asText()
        + "/"
        + metadata(object).path("name").asText();
  }

  private @Nullable ObjectNode create(Kind kind, ObjectNode object, String namespace) {
    synchronized (this) {
      metadata(object).put("namespace", namespace);
      if (kind.objects.containsKey(key(object))) {
        return null;
      }
      metadata(object)
          .put("uid", UUID.randomUUID().toString())
          .put("creationTimestamp", Instant.now().toString())
          .put("generation", 1);
      metadata(object).set("managedFields", managedFields(object));
      store(kind, object, "ADDED");
    }
    onCreate.accept(object);
    return object;
  }

  /** As large as they are in truth: the names of all fields. */
  private static ArrayNode managedFields(ObjectNode object) {
    ArrayNode managers = JSON.createArrayNode();
    ObjectNode manager = managers.addObject().put("manager", "kubectl").put("operation", "Apply");
    manager.set("fieldsV1", names(object));
    return managers;
  }

  private static ObjectNode names(JsonNode node) {
    ObjectNode names = JSON.createObjectNode();
    node.fields()
        .forEachRemaining(
            field -> {
              if (!field.getKey().equals("managedFields")) {
                names.set("f:" + field.getKey(), names(field.getValue()));
              }
            });
    return names;
  }

  private void store(Kind kind, ObjectNode object, String type) {
    metadata(object).put("resourceVersion", Long.toString(++version));
    if (type.equals("DELETED")) {
      kind.objects.remove(key(object));
    } else {
      kind.objects.put(key(object), object);
    }
    kind.history.add(new Happening(version, type, object));
    notifyAll();
  }

  /** Puts another object in the place of one; nothing happens if they are equal. */
  private ObjectNode replace(Kind kind, ObjectNode before, ObjectNode after, boolean status) {
    ObjectNode next = status ? before.deepCopy() : after;
    if (status) {
      next.set("status", after.path("status"));
    }
    for (String field :
        List.of("resourceVersion", "generation", "uid", "creationTimestamp", "managedFields")) {
      metadata(next).set(field, metadata(before).path(field));
    }
    if (next.equals(before)) {
      return before;
    }
    if (!next.path("spec").equals(before.path("spec"))) {
      metadata(next).put("generation", metadata(before).path("generation").asLong() + 1);
    }
    boolean gone =
        metadata(next).has("deletionTimestamp") && metadata(next).path("finalizers").isEmpty();
    store(kind, next, gone ? "DELETED" : "MODIFIED");
    return next;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Matcher target = PATH.matcher(path);
      if (documents.containsKey(path)) {
        answer(exchange, HttpURLConnection.HTTP_OK, JSON.readTree(documents.get(path)));
      } else if ("websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
        // To clients this says: watch by a plain request.
        answer(exchange, HttpURLConnection.HTTP_OK, JSON.createObjectNode());
      } else if (target.matches()) {
        handle(exchange, target);
      } else {
        refuse(exchange, HttpURLConnection.HTTP_NOT_FOUND);
      }
    }
  }

  private void handle(HttpExchange exchange, Matcher target) throws IOException {
    Map<String, String> query = query(exchange);
    Kind kind = kind(target.group("plural"));
    String name = target.group("name");
    boolean status = "status".equals(target.group("part"));
    String method = exchange.getRequestMethod();
    if (name == null && method.equals("GET")) {
      if ("true".equals(query.get("watch"))) {
        count("watch");
        watch(exchange, kind, target, query);
      } else {
        count("list");
        answer(exchange, HttpURLConnection.HTTP_OK, list(kind, target, query));
      }
      return;
    }
    count(verb(method) + (status ? " status" : ""));
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (method.equals("POST")) {
      ObjectNode created =
          create(kind, (ObjectNode) YAML.readTree(body), target.group("namespace"));
      answerOr(exchange, created, HttpURLConnection.HTTP_CONFLICT);
      return;
    }
    String key = target.group("namespace") + "/" + name;
    switch (method) {
      case "GET" -> answerOr(exchange, locked(kind, key), HttpURLConnection.HTTP_NOT_FOUND);
      case "PUT" -> put(exchange, kind, key, (ObjectNode) YAML.readTree(body), status);
      case "PATCH" -> patch(exchange, kind, key, YAML.readTree(body), status);
      case "DELETE" -> delete(exchange, kind, key);
      default -> refuse(exchange, HttpURLConnection.HTTP_BAD_METHOD);
    }
  }

  private void count(String verb) {
    calls.computeIfAbsent(verb, v -> new LongAdder()).increment();
  }

  private static String verb(String method) {
    return switch (method) {
      case "POST" -> "create";
      case "PUT" -> "update";
      default -> method.toLowerCase(Locale.ROOT);
    };
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String text = exchange.getRequestURI().getQuery();
    if (text != null) {
      Arrays.stream(text.split("&"))
          .map(pair -> pair.split("=", 2))
          .forEach(pair -> query.put(pair[0], pair.length == 2 ? pair[1] : ""));
    }
    return query;
  }

  private synchronized @Nullable ObjectNode locked(Kind kind, String key) {
    return kind.objects.get(key);
  }

  private void put(HttpExchange exchange, Kind kind, String key, ObjectNode object, boolean status)
      throws IOException {
    ObjectNode after = null;
    int refusal = HttpURLConnection.HTTP_NOT_FOUND;
    synchronized (this) {
      ObjectNode before = kind.objects.get(key);
      String expected = metadata(object).path("resourceVersion").asText("");
      if (before != null
          && !expected.isEmpty()
          && !expected.equals(metadata(before).path("resourceVersion").asText())) {
        refusal = HttpURLConnection.HTTP_CONFLICT;
      } else if (before != null) {
        after = replace(kind, before, object, status);
      }
    }
    answerOr(exchange, after, refusal);
  }

  private void patch(HttpExchange exchange, Kind kind, String key, JsonNode patch, boolean status)
      throws IOException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    ObjectNode after = null;
    int refusal = HttpURLConnection.HTTP_NOT_FOUND;
    ObjectNode created = null;
    synchronized (this) {
      ObjectNode before = kind.objects.get(key);
      if (before == null && type.startsWith("application/apply-patch")) {
        created = (ObjectNode) patch;
      } else if (before != null && type.startsWith("application/json-patch")) {
        try {
          after = replace(kind, before, (ObjectNode) JsonPatch.apply(patch, before), status);
        } catch (RuntimeException e) {
          refusal = UNPROCESSABLE;
        }
      } else if (before != null) {
        after = replace(kind, before, merge(before.deepCopy(), patch), status);
      }
    }
    if (created != null) {
      after = create(kind, created, key.substring(0, key.indexOf('/')));
    }
    answerOr(exchange, after, refusal);
  }

  private static ObjectNode merge(ObjectNode object, JsonNode patch) {
    for (Iterator<Map.Entry<String, JsonNode>> fields = patch.fields(); fields.hasNext(); ) {
      Map.Entry<String, JsonNode> field = fields.next();
      JsonNode old = object.path(field.getKey());
      if (field.getValue().isNull()) {
        object.remove(field.getKey());
      } else if (old.isObject() && field.getValue().isObject()) {
        merge((ObjectNode) old, field.getValue());
      } else {
        object.set(field.getKey(), field.getValue());
      }
    }
    return object;
  }

  private void delete(HttpExchange exchange, Kind kind, String key) throws IOException {
    ObjectNode gone;
    synchronized (this) {
      gone = kind.objects.get(key);
      if (gone != null) {
        store(kind, gone.deepCopy(), "DELETED");
      }
    }
    answerOr(exchange, gone, HttpURLConnection.HTTP_NOT_FOUND);
  }

  private ObjectNode list(Kind kind, Matcher target, Map<String, String> query) {
    ObjectNode list = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
    synchronized (this) {
      metadata(list).put("resourceVersion", Long.toString(version));
      ArrayNode items = list.putArray("items");
      kind.objects.values().stream().filter(o -> isMeant(o, target, query)).forEach(items::add);
    }
    return list;
  }

  private static boolean isMeant(ObjectNode object, Matcher target, Map<String, String> query) {
    String namespace = target.group("namespace");
    JsonNode metadata = object.path("metadata");
    return (namespace == null || namespace.equals(metadata.path("namespace").asText()))
        && Arrays.stream(query.getOrDefault("labelSelector", "").split(","))
            .filter(term -> !term.isEmpty())
            .map(term -> term.split("=", 2))
            .allMatch(
                term ->
                    metadata.path("labels").has(term[0])
                        && (term.length == 1
                            || term[1].equals(metadata.path("labels").path(term[0]).asText())));
  }

  private void watch(HttpExchange exchange, Kind kind, Matcher target, Map<String, String> query)
      throws IOException {
    long seen = Long.parseLong(query.getOrDefault("resourceVersion", "0"));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    int position = 0;
    try {
      while (true) {
        List<Happening> news;
        synchronized (this) {
          while (position == kind.history.size()) {
            wait();
          }
          news = List.copyOf(kind.history.subList(position, kind.history.size()));
          position = kind.history.size();
        }
        for (Happening happening : news) {
          if (happening.version() > seen && isMeant(happening.object(), target, query)) {
            ObjectNode event = JSON.createObjectNode().put("type", happening.type());
            event.set("object", happening.object());
            out.write(JSON.writeValueAsBytes(event));
            out.write('\n');
          }
        }
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answerOr(HttpExchange exchange, @Nullable ObjectNode object, int refusal)
      throws IOException {
    if (object == null) {
      refuse(exchange, refusal);
    } else {
      answer(exchange, HttpURLConnection.HTTP_OK, object);
    }
  }

  private static void refuse(HttpExchange exchange, int code) throws IOException {
    answer(
        exchange,
        code,
        JSON.createObjectNode()
            .put("apiVersion", "v1")
            .put("kind", "Status")
            .put("status", "Failure")
            .put("code", code));
  }

  private static void answer(HttpExchange exchange, int code, JsonNode document)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(document);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
