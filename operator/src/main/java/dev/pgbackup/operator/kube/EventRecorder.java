package dev.pgbackup.operator.kube;

import dev.pgbackup.operator.status.Notice;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Tells what happened in a resource's life, as events of Kubernetes. */
@Singleton
public final class EventRecorder {

  private static final Logger LOG = Logger.getLogger(EventRecorder.class);
  private static final String CONTROLLER = "pgbackup.dev/operator";
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** Longest note that the API takes, in bytes; a character may have four. */
  private static final int LONGEST_NOTE = 255;

  private final KubernetesClient client;
  private final Clock clock;
  private final String instance;

  public EventRecorder(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
    this.instance = "pgbackup-operator-" + ProcessHandle.current().pid();
  }

  /** An event is told once and may be lost: what it says is in the status, too. */
  public void tell(HasMetadata resource, List<Notice> notices) {
    for (Notice notice : notices) {
      try {
        client.resource(event(resource, notice)).create();
      } catch (KubernetesClientException e) {
        LOG.debugf(
            "The event %s of %s was not written: %s",
            notice.reason(), resource.getMetadata().getName(), e.getMessage());
      }
    }
  }

  private Event event(HasMetadata resource, Notice notice) {
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(resource.getMetadata().getNamespace())
        .withName(resource.getMetadata().getName() + "." + UUID.randomUUID())
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(clock.instant())))
        .withType(notice.warning() ? "Warning" : "Normal")
        .withReason(notice.reason())
        .withAction("Reconcile")
        .withNote(note(notice.message()))
        .withReportingController(CONTROLLER)
        .withReportingInstance(instance)
        .withNewRegarding()
        .withApiVersion(resource.getApiVersion())
        .withKind(resource.getKind())
        .withNamespace(resource.getMetadata().getNamespace())
        .withName(resource.getMetadata().getName())
        .withUid(resource.getMetadata().getUid())
        .withResourceVersion(resource.getMetadata().getResourceVersion())
        .endRegarding()
        .build();
  }

  private static String note(String message) {
    return message.length() <= LONGEST_NOTE
        ? message
        : message.substring(0, LONGEST_NOTE - 1) + "…";
  }
}
