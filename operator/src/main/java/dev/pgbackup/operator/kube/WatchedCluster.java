package dev.pgbackup.operator.kube;

import dev.pgbackup.crds.policy.PgBackupPolicy;
import dev.pgbackup.crds.policy.Target;
import dev.pgbackup.operator.pod.Names;
import dev.pgbackup.operator.workload.Workload;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what policies are looked after with from caches that watches keep, a moment behind the
 * cluster, so that looking at a policy asks the API server nothing. Until it watches, and for
 * everything else, it reads live.
 *
 * <p>What changes wakes the policies that it concerns: their agents' objects and pods with every
 * change, their workloads with another spec. Services wake nobody: they are seen at the next look.
 */
@Singleton
@Typed(WatchedCluster.class)
public final class WatchedCluster extends ClusterReader {

  private static final String BY_NAMESPACE = "pgbackup-namespace";
  private static final String BY_POLICY = "pgbackup-policy";
  private static final String BY_WORKLOAD = "pgbackup-workload";

  private volatile @Nullable Sources sources;

  public WatchedCluster(KubernetesClient client) {
    super(client);
  }

  private record Sources(
      InformerEventSource<StatefulSet, PgBackupPolicy> statefulSets,
      InformerEventSource<Deployment, PgBackupPolicy> deployments,
      InformerEventSource<Service, PgBackupPolicy> services,
      InformerEventSource<Pod, PgBackupPolicy> agentPods,
      InformerEventSource<ConfigMap, PgBackupPolicy> configMaps,
      InformerEventSource<ServiceAccount, PgBackupPolicy> accounts) {

    List<EventSource<?, PgBackupPolicy>> all() {
      return List.of(statefulSets, deployments, services, agentPods, configMaps, accounts);
    }
  }

  /** Watches, for the controller of policies and in its namespaces. */
  public List<EventSource<?, PgBackupPolicy>> watch(EventSourceContext<PgBackupPolicy> context) {
    context
        .getPrimaryCache()
        .addIndexers(Map.of(BY_WORKLOAD, policy -> List.of(workloadKey(policy))));
    Sources made =
        new Sources(
            source(
                context,
                InformerEventSourceConfiguration.from(StatefulSet.class, PgBackupPolicy.class)
                    .withOnUpdateFilter(WatchedCluster::isOtherwiseSpecified)
                    .withSecondaryToPrimaryMapper(set -> policiesOf(context, set))),
            source(
                context,
                InformerEventSourceConfiguration.from(Deployment.class, PgBackupPolicy.class)
                    .withOnUpdateFilter((now, old) -> isOurs(now) || isOtherwiseSpecified(now, old))
                    .withSecondaryToPrimaryMapper(
                        deployment ->
                            isOurs(deployment)
                                ? policyOf(deployment)
                                : policiesOf(context, deployment))),
            source(
                context,
                InformerEventSourceConfiguration.from(Service.class, PgBackupPolicy.class)
                    .withSecondaryToPrimaryMapper(service -> Set.of())),
            source(context, ours(Pod.class)),
            source(context, ours(ConfigMap.class)),
            source(context, ours(ServiceAccount.class)));
    made.statefulSets().addIndexers(Map.of(BY_NAMESPACE, WatchedCluster::namespace));
    made.deployments().addIndexers(Map.of(BY_NAMESPACE, WatchedCluster::namespace));
    made.services().addIndexers(Map.of(BY_NAMESPACE, WatchedCluster::namespace));
    made.agentPods().addIndexers(Map.of(BY_POLICY, pod -> List.of(policyKey(pod))));
    sources = made;
    return made.all();
  }

  private static <T extends HasMetadata> InformerEventSource<T, PgBackupPolicy> source(
      EventSourceContext<PgBackupPolicy> context,
      InformerEventSourceConfiguration.Builder<T> configuration) {
    return new InformerEventSource<>(configuration.build(), context);
  }

  /** What agents consist of. */
  private static <T extends HasMetadata> InformerEventSourceConfiguration.Builder<T> ours(
      Class<T> type) {
    return InformerEventSourceConfiguration.from(type, PgBackupPolicy.class)
        .withLabelSelector(Names.POLICY_LABEL)
        .withSecondaryToPrimaryMapper(WatchedCluster::policyOf);
  }

  private static boolean isOurs(HasMetadata object) {
    return policyName(object) != null;
  }

  private static @Nullable String policyName(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels == null ? null : labels.get(Names.POLICY_LABEL);
  }

  private static boolean isOtherwiseSpecified(HasMetadata now, HasMetadata old) {
    return !Objects.equals(now.getMetadata().getGeneration(), old.getMetadata().getGeneration());
  }

  private static Set<ResourceID> policyOf(HasMetadata object) {
    return Set.of(
        new ResourceID(
            Objects.requireNonNull(policyName(object)), object.getMetadata().getNamespace()));
  }

  private static Set<ResourceID> policiesOf(
      EventSourceContext<PgBackupPolicy> context, HasMetadata workload) {
    String key =
        key(
            workload.getMetadata().getNamespace(),
            workload.getKind(),
            workload.getMetadata().getName());
    return context.getPrimaryCache().byIndex(BY_WORKLOAD, key).stream()
        .map(ResourceID::fromResource)
        .collect(Collectors.toSet());
  }

  private static String workloadKey(PgBackupPolicy policy) {
    Target.WorkloadRef ref = policy.getSpec().target().workloadRef();
    return key(policy.getMetadata().getNamespace(), ref.kind().name(), ref.name());
  }

  private static List<String> namespace(HasMetadata object) {
    return List.of(object.getMetadata().getNamespace());
  }

  private static String policyKey(HasMetadata object) {
    return key(object.getMetadata().getNamespace(), String.valueOf(policyName(object)));
  }

  private static String key(String... parts) {
    return String.join("/", parts);
  }

  @Override
  public Optional<Workload> statefulSet(String namespace, String name) {
    return sources == null
        ? super.statefulSet(namespace, name)
        : sources.statefulSets().get(new ResourceID(name, namespace)).map(Workload::of);
  }

  @Override
  public Optional<Deployment> deployment(String namespace, String name) {
    return sources == null
        ? super.deployment(namespace, name)
        : sources.deployments().get(new ResourceID(name, namespace));
  }

  @Override
  public List<String> statefulSetNames(String namespace) {
    return sources == null
        ? super.statefulSetNames(namespace)
        : names(sources.statefulSets().byIndex(BY_NAMESPACE, namespace));
  }

  @Override
  public List<String> deploymentNames(String namespace) {
    return sources == null
        ? super.deploymentNames(namespace)
        : names(sources.deployments().byIndex(BY_NAMESPACE, namespace));
  }

  @Override
  public List<Service> services(String namespace) {
    return sources == null
        ? super.services(namespace)
        : sources.services().byIndex(BY_NAMESPACE, namespace);
  }

  /** The pods of a policy's agent. */
  public List<Pod> agentPods(String namespace, String policy) {
    return sources == null
        ? pods(namespace, Names.agentLabels(policy))
        : sources.agentPods().byIndex(BY_POLICY, key(namespace, policy)).stream()
            .filter(pod -> has(pod, Names.agentLabels(policy)))
            .toList();
  }

  private static boolean has(Pod pod, Map<String, String> labels) {
    return pod.getMetadata().getLabels().entrySet().containsAll(labels.entrySet());
  }

  /** An object of an agent as it was last seen; null if it is not known. */
  @SuppressWarnings("unchecked")
  public <T extends HasMetadata> @Nullable T lastSeen(T object) {
    if (sources == null) {
      return null;
    }
    ResourceID id = ResourceID.fromResource(object);
    Optional<? extends HasMetadata> seen = Optional.empty();
    if (object instanceof Deployment) {
      seen = sources.deployments().get(id);
    } else if (object instanceof ConfigMap) {
      seen = sources.configMaps().get(id);
    } else if (object instanceof ServiceAccount) {
      seen = sources.accounts().get(id);
    }
    return (T) seen.orElse(null);
  }
}
