package dev.pgbackup.scenario.kubernetes;

import dev.pgbackup.scenario.Ending;
import dev.pgbackup.scenario.Narrator;
import dev.pgbackup.scenario.Outcome;
import dev.pgbackup.scenario.Scenario;
import dev.pgbackup.scenario.kubernetes.KubernetesCluster.Images;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The story on the cluster of the current {@code KUBECONFIG}. */
public final class KubernetesDemo {

  private final Path root;
  private final Images images;
  private final Narrator narrator;

  /**
   * @param root of the repository
   */
  public KubernetesDemo(Path root, Images images, Narrator narrator) {
    this.root = root;
    this.images = images;
    this.narrator = narrator;
  }

  /**
   * Plays it and removes what was made for it.
   *
   * @return whether every row works; false, too, if something is missing, which is told
   */
  public boolean play() {
    String kubeconfig = System.getenv("KUBECONFIG");
    if (kubeconfig == null || kubeconfig.isBlank() || !new File(kubeconfig).canRead()) {
      narrator.problem(
          "KUBECONFIG does not name a file that can be read. It decides which cluster is used: export"
              + " KUBECONFIG=...");
      return false;
    }
    try (KubernetesClient client =
        ClusterConnection.open(Config.fromKubeconfig(new File(kubeconfig)))) {
      return play(client);
    } catch (KubernetesClientException e) {
      narrator.problem("The cluster of " + kubeconfig + " refuses or is away: " + e.getMessage());
      return false;
    }
  }

  private boolean play(KubernetesClient client) {
    Installation operator = new Installation(client, root);
    boolean wasThere = operator.isThere();
    boolean definitionsWereThere = operator.hasDefinitions();
    List<String> missing = Installation.missing(client, Installation.IMAGES);
    if (!wasThere && !missing.isEmpty()) {
      narrator.problem(
          """
          There is no operator on the cluster, and no node has the images %s to install it.
          They are made by `mvn -Pimages -DskipTests package` (images/target/*.tar), or with deploy/images; load \
          them into the cluster's nodes, or install the operator from a registry of yours first (docs/install.md)."""
              .formatted(String.join(", ", missing)));
      return false;
    }
    Instant began = Instant.now();
    KubernetesCluster cluster = new KubernetesCluster(client, root, images, narrator);
    Runnable clearUp = once(() -> clearUp(cluster, operator, wasThere, definitionsWereThere));
    Thread onInterrupt = new Thread(clearUp, "clear-up");
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    narrator.title("pgbackup: the whole story", cluster.name());
    install(operator, wasThere);
    Outcome outcome = new Scenario(cluster, narrator, Ending.POLICY_GOES).play();
    narrator.end(outcome, Duration.between(began, Instant.now()));
    clearUp.run();
    Runtime.getRuntime().removeShutdownHook(onInterrupt);
    return outcome.succeeded();
  }

  private void install(Installation operator, boolean wasThere) {
    if (wasThere) {
      narrator.note("The operator is there already.");
      operator.awaitReady();
    } else {
      narrator.command("kubectl apply --server-side -k deploy/overlays/cluster-wide");
      operator.apply();
    }
  }

  /** What was there before stays. */
  private void clearUp(
      KubernetesCluster cluster,
      Installation operator,
      boolean wasThere,
      boolean definitionsWereThere) {
    cluster.close();
    if (!wasThere) {
      narrator.command("kubectl delete -k deploy/overlays/cluster-wide");
      operator.remove(!definitionsWereThere);
    }
  }

  private static Runnable once(Runnable action) {
    return new Runnable() {
      private boolean done;

      @Override
      public synchronized void run() {
        if (!done) {
          done = true;
          action.run();
        }
      }
    };
  }
}
