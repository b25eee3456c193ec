package dev.pgbackup.operator.kube;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator itself may do, as the API server says it. */
@Singleton
public final class OwnRights {

  /**
   * Something that can be done.
   *
   * @param group of the API; empty: the core
   * @param namespace absent for objects of the whole cluster
   */
  public record Deed(String verb, String group, String resource, @Nullable String namespace) {

    @Override
    public String toString() {
      return verb + " " + resource;
    }
  }

  private final KubernetesClient client;

  public OwnRights(KubernetesClient client) {
    this.client = client;
  }

  /** Those that the operator may not do. */
  public List<Deed> lacking(List<Deed> deeds) {
    return deeds.stream().filter(deed -> !may(deed)).toList();
  }

  private boolean may(Deed deed) {
    SelfSubjectAccessReview review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withVerb(deed.verb())
            .withGroup(deed.group())
            .withResource(deed.resource())
            .withNamespace(deed.namespace())
            .endResourceAttributes()
            .endSpec()
            .build();
    SelfSubjectAccessReview answer = client.resource(review).create();
    return answer.getStatus() != null && Boolean.TRUE.equals(answer.getStatus().getAllowed());
  }
}
