package dev.pgbackup.crds.policy;

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

/**
 * Attaches backup to one PostgreSQL: what, where to, how often, for how long. Deleting it ends the
 * archiving and drops the slot; the bucket stays as it is.
 */
@JsonClassDescription(
    "Attaches backup to one PostgreSQL: what, where to, how often, for how long. Deleting it ends the"
        + " archiving and drops the slot; the bucket stays as it is.")
@Group(Api.GROUP)
@Version(Api.VERSION)
@Kind("PgBackupPolicy")
@Singular("pgbackuppolicy")
@Plural("pgbackuppolicies")
@ShortNames("pgbp")
@Categories(Api.CATEGORY)
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
    value = "size(self.metadata.name) <= 40",
    message = "the name may have 40 characters at most: the names of slot and pods begin with it")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "State", jsonPath = ".status.archiving.state")
@AdditionalPrinterColumn(name = "Restorable-To", jsonPath = ".status.latestRestorableTime")
@AdditionalPrinterColumn(
    name = "Last-Backup",
    jsonPath = ".status.lastBackup.completedAt",
    type = Type.DATE)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class PgBackupPolicy extends CustomResource<PgBackupPolicySpec, PgBackupPolicyStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1;

  @Override
  protected @Nullable PgBackupPolicySpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable PgBackupPolicyStatus initStatus() {
    return null;
  }
}
