package dev.pgbackup.crds.common;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What may be said about a pod. A short list and no pod template: who may write these resources
 * must not be able to choose a service account, mount something of the host, or run another image.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PodSettings(
    @JsonPropertyDescription("Labels that the pod gets besides its own. Default: none.")
        @Nullable Map<String, String> labels,
    @JsonPropertyDescription("Annotations that the pod gets besides its own. Default: none.")
        @Nullable Map<String, String> annotations,
    @JsonPropertyDescription("Labels of the nodes that the pod may run on. Default: any node.")
        @Nullable Map<String, String> nodeSelector,
    @JsonPropertyDescription("Taints of nodes that do not keep the pod away. Default: none.")
        @Nullable List<Toleration> tolerations,
    @JsonPropertyDescription(
            "Where the pod may or should run, as Kubernetes has it. Default: none.")
        @Nullable Affinity affinity,
    @JsonPropertyDescription("Name of the pod's priority class. Default: the cluster's.")
        @Nullable
        @Size(min = 1, max = Rules.NAME_LENGTH)
        @ValidationRule(value = Rules.NAME, message = "must be the name of a priority class")
        String priorityClassName,
    @JsonPropertyDescription("Secrets with which the pod's images are pulled. Default: none.")
        @Nullable
        @Size(max = 16)
        List<SecretRef> imagePullSecrets) {}
