package dev.pgbackup.crds.policy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.pgbackup.crds.common.PodSettings;
import dev.pgbackup.crds.common.Resources;
import org.jspecify.annotations.Nullable;

/** The pod that archives and backs up. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Agent(
    @JsonPropertyDescription("What the agent may use. Default: what the operator is set to.")
        @Nullable Resources resources,
    @JsonPropertyDescription("What else is said about the pod.") @Nullable PodSettings pod) {

  /** What the operator is set to. */
  public static final Agent DEFAULT = new Agent(null, null);
}
