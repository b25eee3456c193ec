package dev.pgbackup.crds.backup;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pgbackup.crds.Api;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
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

/**
 * One base backup: a request for one, and the record of one. A projection of the bucket: rebuilt
 * from it, pruned with it, never needed for a restore.
 */
@JsonClassDescription(
    "One base backup: a request for one, and the record of one. Records are rebuilt from the bucket,"
        + " and never needed for a restore.")
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("PgBackup")
@Singular("pgbackup")
@Plural("pgbackups")
@ShortNames("pgb")
@Categories(Api.CATEGORY)
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@AdditionalPrinterColumn(name = "Policy", jsonPath = ".spec.policyRef.name")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "End", jsonPath = ".status.completedAt")
@AdditionalPrinterColumn(name = "TL", jsonPath = ".status.timeline", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Size", jsonPath = ".status.size")
@AdditionalPrinterColumn(name = "Stored", jsonPath = ".status.storedSize")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class PgBackup extends CustomResource<PgBackupSpec, PgBackupStatus> implements Namespaced {

  private static final long serialVersionUID = 1;

  @Override
  protected @Nullable PgBackupSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable PgBackupStatus initStatus() {
    return null;
  }
}
