package dev.pgbackup.crds.common;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a container may use, and what is set aside for it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Resources(
    @JsonPropertyDescription("What is set aside, by resource, such as memory: 256Mi.")
        @Nullable Map<String, Quantity> requests,
    @JsonPropertyDescription("What it may use at most, by resource.")
        @Nullable Map<String, Quantity> limits) {}
