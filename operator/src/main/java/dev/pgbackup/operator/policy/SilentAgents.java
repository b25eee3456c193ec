package dev.pgbackup.operator.policy;

import dev.pgbackup.operator.agent.AgentAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Agents that did not answer. A call that is in vain holds a thread of the reconcilers until it is
 * given up, so the longer one has been silent the less often it is asked: many of them do not hold
 * up the others. An agent at another address is another agent.
 */
final class SilentAgents {

  /** Of the time that an agent has been silent, what passes before it is asked again. */
  private static final int PART = 4;

  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Map<String, Silence> silences = new ConcurrentHashMap<>();
  private final Clock clock;

  SilentAgents(Clock clock) {
    this.clock = clock;
  }

  private record Silence(AgentAddress agent, Instant since, Instant asked, String problem) {

    Instant next() {
      Duration part = Duration.between(since, asked).dividedBy(PART);
      return asked.plus(part.compareTo(LONGEST) < 0 ? part : LONGEST);
    }
  }

  /** What the agent of a policy said last, if it is too early to ask it again. */
  Optional<String> problem(String policy, AgentAddress agent) {
    return Optional.ofNullable(silences.get(policy))
        .filter(silence -> silence.agent().equals(agent))
        .filter(silence -> clock.instant().isBefore(silence.next()))
        .map(Silence::problem);
  }

  /** Notes that it did not answer. */
  void silent(String policy, AgentAddress agent, String problem) {
    Instant now = clock.instant();
    silences.merge(
        policy,
        new Silence(agent, now, now, problem),
        (before, first) ->
            before.agent().equals(agent)
                ? new Silence(agent, before.since(), now, problem)
                : first);
  }

  /** Notes that it did, or that it is no longer anybody's. */
  void forget(String policy) {
    silences.remove(policy);
  }
}
