package dev.pgbackup.operator.kube;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request to the API server does, in the words of RBAC.
 *
 * @param verb as in a rule; {@code apply} for a server-side apply, which needs {@code patch}, and
 *     {@code create} where the object is not there
 * @param group empty for the core group
 * @param resource with its subresource, as in {@code pods/log}
 */
public record ApiUse(String verb, String group, String resource) {

  private static final String APPLY = "application/apply-patch";

  /** Nothing for what is no resource, such as the version. */
  static Optional<ApiUse> of(String method, URI uri, @Nullable String contentType) {
    Deque<String> path = new ArrayDeque<>(List.of(uri.getPath().replaceAll("^/+", "").split("/")));
    String group;
    if (path.size() > 2 && "api".equals(path.peek())) {
      path.removeFirst();
      group = "";
    } else if (path.size() > 3 && "apis".equals(path.peek())) {
      path.removeFirst();
      group = path.removeFirst();
    } else {
      return Optional.empty();
    }
    // The version.
    path.removeFirst();
    if (path.size() > 2 && "namespaces".equals(path.peek())) {
      path.removeFirst();
      path.removeFirst();
    }
    String resource = path.removeFirst();
    boolean named = path.poll() != null;
    String part = path.isEmpty() ? resource : resource + "/" + path.removeFirst();
    return Optional.of(new ApiUse(verb(method, uri, contentType, named), group, part));
  }

  private static String verb(String method, URI uri, @Nullable String contentType, boolean named) {
    return switch (method) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> contentType != null && contentType.startsWith(APPLY) ? "apply" : "patch";
      case "DELETE" -> named ? "delete" : "deletecollection";
      default -> {
        if (uri.getQuery() != null && uri.getQuery().matches("(.*&)?watch=(true|1)(&.*)?")) {
          yield "watch";
        }
        yield named ? "get" : "list";
      }
    };
  }
}
