package dev.pgbackup.crds.common;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a container may use, and what is set aside for it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Resources(
    @JsonPropertyDescription("What is set aside, by resource, such as memory: 256Mi.")
        @Nullable
        @Size(max = 8)
        @ValidationRule(value = Resources.QUANTITIES, message = Resources.QUANTITIES_MESSAGE)
        Map<String, Quantity> requests,
    @JsonPropertyDescription("What it may use at most, by resource, such as cpu: 500m.")
        @Nullable
        @Size(max = 8)
        @ValidationRule(value = Resources.QUANTITIES, message = Resources.QUANTITIES_MESSAGE)
        Map<String, Quantity> limits) {

  static final String QUANTITIES = "self.all(name, isQuantity(string(self[name])))";
  static final String QUANTITIES_MESSAGE = "must be quantities, such as cpu: 500m, memory: 256Mi";
}
