package dev.pgbackup.operator.fakes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.Set;

/**
 * The client of an operator that is killed after some writes: what it wants to write next, or to
 * note down of what it has done, never arrives.
 */
public final class MortalClient implements AutoCloseable {

  /** Nobody in the operator catches it, as nobody catches a kill. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");
  private static final int IMMORTAL = Integer.MAX_VALUE;

  private final KubernetesClient client;
  private int left = IMMORTAL;

  /**
   * @param other to the same API server
   */
  public MortalClient(KubernetesClient other) {
    client =
        new KubernetesClientBuilder()
            .withConfig(other.getConfiguration())
            .withHttpClientBuilderConsumer(
                builder ->
                    builder.addOrReplaceInterceptor(
                        "mortal",
                        new Interceptor() {
                          @Override
                          public void before(
                              BasicBuilder call, HttpRequest request, RequestTags tags) {
                            count(request);
                          }
                        }))
            .build();
  }

  public KubernetesClient client() {
    return client;
  }

  /** From now on so many writes succeed, and the next one kills. */
  public void dieAfter(int writes) {
    left = writes;
  }

  /** The next operator, which nobody kills. */
  public void revive() {
    left = IMMORTAL;
  }

  private void count(HttpRequest request) {
    if (!isWrite(request)) {
      return;
    }
    if (left == 0) {
      throw new Killed();
    }
    left--;
  }

  /** Events tell, and a review of rights asks: neither changes anything. */
  private static boolean isWrite(HttpRequest request) {
    String path = request.uri().getPath();
    return WRITES.contains(request.method())
        && !path.endsWith("/events")
        && !path.endsWith("/selfsubjectaccessreviews");
  }

  @Override
  public void close() {
    client.close();
  }
}
