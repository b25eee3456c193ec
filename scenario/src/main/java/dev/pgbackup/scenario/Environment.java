package dev.pgbackup.scenario;

import dev.pgbackup.contract.restore.RestorePurpose;
import dev.pgbackup.contract.restore.TargetDocument;
import java.time.Duration;
import java.util.List;

/**
 * Where the scenario happens: the hands of the person in the story.
 *
 * <p>A method returns when what it says is so, tells the {@link Narrator} what a person would type
 * and see, and throws if it cannot be done. It judges nothing: that is the scenario's.
 */
public interface Environment extends AutoCloseable {

  /** What the story happens on, in a line. */
  String name();

  /** Starts a plain PostgreSQL that nothing is prepared in, and an empty bucket. */
  void startMaster();

  /** The master, whichever data directory it runs on at the moment. */
  Database master();

  /** Applies the policy: from here on the master is archived. Returns when it has a backup. */
  void protect();

  /** What the product says about the archiving of the master at the moment. */
  Protection protection();

  /** Changes the policy while it is in force. Returns when the change is live. */
  void changeFlushInterval(Duration interval);

  /**
   * Replaces the password of the product's role and the keys of the bucket: the old ones are worth
   * nothing from here on, and no session that was opened with them lives on.
   */
  void rotateSecrets();

  /** Places other than the mounted secrets in which a secret was found; empty if all is well. */
  List<String> leakedSecrets();

  /** Published base backups, newest first. */
  List<Backup> backups();

  /** Shows the published base backups as a person sees them. */
  void showBackups();

  /** What a restore would do. */
  Plan plan(TargetDocument target);

  /** Why a restore would be refused. */
  Refused refusal(TargetDocument target);

  /** Restores into a new directory beside the master's. */
  Restored restore(String name, TargetDocument target, RestorePurpose purpose);

  /** Runs a restored directory beside the master. */
  Running look(Restored restored);

  /**
   * Puts what was restored into the master's place and keeps what was there.
   *
   * @return how long the master was away
   */
  Duration swapIn(Restored restored);

  /**
   * Exchanges the two again: what was there before is back, what was restored is kept.
   *
   * @return how long the master was away
   */
  Duration undo(Restored restored);

  /** What is wrong with the archive, by reading all that it holds; empty if nothing is. */
  List<String> verify();

  /** Deletes the policy: the stream ends, the slot goes, the bucket stays. */
  void stopProtecting();

  /** Stops everything and removes what was made. */
  @Override
  void close();
}
