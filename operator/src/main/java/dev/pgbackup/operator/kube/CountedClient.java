package dev.pgbackup.operator.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * The one client of the API server. It counts what it asks for in {@code
 * pgbackup_api_requests_total}, by verb, group and resource: so the rights that are shipped can be
 * held against those that are used.
 */
final class CountedClient implements Interceptor {

  private static final String REQUESTS = "pgbackup.api.requests";

  private final MeterRegistry registry;

  CountedClient(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * With the registry of the whole process: the client is needed before the SDK's metrics are
   * bound.
   */
  @Produces
  @Singleton
  static KubernetesClient client(Config config, KubernetesSerialization serialization) {
    return client(config, serialization, Metrics.globalRegistry);
  }

  static KubernetesClient client(
      Config config, KubernetesSerialization serialization, MeterRegistry registry) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(serialization)
        .withHttpClientBuilderConsumer(
            http -> http.addOrReplaceInterceptor("counted", new CountedClient(registry)))
        .build();
  }

  static void close(@Disposes KubernetesClient client) {
    client.close();
  }

  /** Of the body, which is no header yet. */
  private static @Nullable String contentType(HttpRequest request) {
    return request instanceof StandardHttpRequest standard ? standard.getContentType() : null;
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    ApiUse.of(request.method(), request.uri(), contentType(request))
        .ifPresent(
            use ->
                registry
                    .counter(
                        REQUESTS,
                        "verb",
                        use.verb(),
                        "group",
                        use.group(),
                        "resource",
                        use.resource())
                    .increment());
  }
}
