package dev.pgbackup.e2e.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pgbackup.scenario.kubernetes.Home;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Everything that the restores of a namespace have ever said of themselves, in order. */
final class Chronicle implements AutoCloseable {

  private static final String API = "pgbackup.dev/v1alpha1";
  private static final Set<String> DONE = Set.of("Succeeded", "AlreadyApplied");
  private static final Set<String> GIVEN_UP = Set.of("Failed", "RolledBack", "Aborted");

  /**
   * What one said.
   *
   * @param step of its swap; empty before it has one
   * @param conditions their values, by type
   */
  record Entry(String restore, String phase, String step, Map<String, String> conditions) {

    boolean isOver() {
      return DONE.contains(phase) || GIVEN_UP.contains(phase);
    }
  }

  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private final Watch watch;

  /**
   * @param listener is told each entry at once
   */
  Chronicle(Home home, Consumer<Entry> listener) {
    watch =
        home.client()
            .genericKubernetesResources(API, Home.RESTORES)
            .inNamespace(home.name())
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, GenericKubernetesResource restore) {
                    if (restore.get("status", "phase") != null) {
                      Entry entry = entry(restore);
                      entries.add(entry);
                      listener.accept(entry);
                    }
                  }

                  @Override
                  public void onClose(WatcherException cause) {
                    // What was not seen fails the test that waits for it.
                  }
                });
  }

  private static Entry entry(GenericKubernetesResource restore) {
    Map<String, String> conditions = new TreeMap<>();
    for (Map<String, Object> condition :
        restore.<List<Map<String, Object>>>get("status", "conditions")) {
      conditions.put(
          String.valueOf(condition.get("type")), String.valueOf(condition.get("status")));
    }
    Object step = restore.get("status", "swap", "step");
    return new Entry(
        restore.getMetadata().getName(),
        restore.get("status", "phase"),
        step == null ? "" : step.toString(),
        conditions);
  }

  List<Entry> of(String restore) {
    return entries.stream().filter(entry -> entry.restore().equals(restore)).toList();
  }

  /** That one had not begun with anything before another was over. */
  void assertWaited(String second, String first) {
    List<Entry> begun =
        entries.stream()
            .filter(e -> e.restore().equals(second) && !e.phase().equals("Pending"))
            .toList();
    List<Entry> over =
        entries.stream().filter(e -> e.restore().equals(first) && e.isOver()).toList();
    assertThat(of(second).get(0).phase()).isEqualTo("Pending");
    assertThat(entries.indexOf(over.get(0))).isLessThan(entries.indexOf(begun.get(0)));
  }

  /**
   * That nobody who waits for a condition, or reads the status as {@code kstatus} does, was told at
   * any moment what was not so, or was told of an end that was none.
   */
  void assertTold(String restore) {
    List<Entry> all = of(restore);
    assertThat(all)
        .allSatisfy(
            entry -> {
              assertThat(entry.conditions())
                  .containsEntry("Complete", value(DONE.contains(entry.phase())))
                  .containsEntry("Ready", value(DONE.contains(entry.phase())))
                  .containsEntry("Failed", value(GIVEN_UP.contains(entry.phase())))
                  .containsEntry("Stalled", value(GIVEN_UP.contains(entry.phase())))
                  .containsEntry("Reconciling", value(!entry.isOver()));
            });
    Entry last = all.get(all.size() - 1);
    assertThat(all).filteredOn(Entry::isOver).containsOnly(last);
  }

  private static String value(boolean is) {
    return is ? "True" : "False";
  }

  @Override
  public void close() {
    watch.close();
  }
}
