package dev.pgbackup.crds.restore;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pgbackup.crds.Api;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** One restore, done once. Immutable, and safe to apply again. */
@JsonClassDescription("One restore, done once. It cannot be changed, and may be applied again.")
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("PgRestore")
@Singular("pgrestore")
@Plural("pgrestores")
@ShortNames("pgr")
@Categories(Api.CATEGORY)
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value = "size(self.metadata.name) <= 40",
    message = "the name may have 40 characters at most: the names of Job and pods begin with it")
@AdditionalPrinterColumn(name = "Policy", jsonPath = ".spec.source.policyRef.name")
@AdditionalPrinterColumn(name = "Target", jsonPath = ".status.target")
@AdditionalPrinterColumn(name = "Mode", jsonPath = ".spec.mode")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(
    name = "Progress",
    jsonPath = ".status.progress.percent",
    type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class PgRestore extends CustomResource<PgRestoreSpec, PgRestoreStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1;

  @Override
  protected @Nullable PgRestoreSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable PgRestoreStatus initStatus() {
    return null;
  }
}
