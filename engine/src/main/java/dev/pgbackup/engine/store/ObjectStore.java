package dev.pgbackup.engine.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A flat name space of immutable byte strings.
 *
 * <h2>Contract</h2>
 *
 * <ul>
 *   <li>A <b>key</b> is 1 to 512 characters of {@code A-Z a-z 0-9 . _ - /}, relative to the store's
 *       root, without leading or trailing {@code /}, empty, {@code .} or {@code ..} parts. Anything
 *       else is an {@link IllegalArgumentException}. A key is never also a folder of others: {@code
 *       a} and {@code a/b} exclude each other. What begins with {@code .pgbackup/} belongs to the
 *       store itself: refused, and never listed.
 *   <li>An object appears <b>whole or not at all</b>, and is seen by every reader and listing as
 *       soon as the call that created it has returned.
 *   <li><b>Conditions</b> ({@link PutCondition}) are decided by the store atomically where {@link
 *       #capabilities()} says so, else by a look before the write (best effort). A condition that
 *       does not hold is a {@link PreconditionFailedException}, and nothing was changed. After a
 *       retried request that may be one's own earlier write: implementations compare {@link
 *       ObjectAttributes#ATTEMPT}, which they add where the caller gave none, and then report
 *       success.
 *   <li><b>Attributes</b> are a few short ASCII strings kept with the object and returned by {@code
 *       head} and {@code get}, not by listings.
 *   <li><b>Listing</b> is in ascending order of the keys' bytes, lazily paged; it may miss or show
 *       objects that are created or deleted while it runs, never others.
 *   <li><b>Deleting</b> what is not there is success.
 *   <li>An {@link ObjectUpload} that is closed without {@code commit} leaves nothing that a listing
 *       shows; what the store may still hold of it is removed by {@code close} or, after a crash,
 *       by {@link #abortUncommitted}.
 *   <li><b>Errors</b> are {@link dev.pgbackup.engine.error.EngineException}s: transient ones may be
 *       tried again unchanged, others will fail again. Not found is {@link
 *       ObjectNotFoundException}. An upload that the store has forgotten is {@link
 *       UploadLostException}: it can only begin again. Every call ends within a bounded time. A
 *       thread that is interrupted gets {@code Reason.Interrupted}.
 *   <li><b>Memory</b>: no call holds more than what it was given plus a fixed number of part
 *       buffers.
 *   <li>All methods may be called by any number of threads.
 * </ul>
 */
public interface ObjectStore extends AutoCloseable {

  /**
   * Writes an object from memory in one request.
   *
   * @param content read from position to limit of each buffer, whose positions are left as they are
   * @return the object as stored; {@code lastModified} may be by this host's clock
   */
  ObjectInfo put(
      String key, List<ByteBuffer> content, ObjectAttributes attributes, PutOptions options);

  /** Begins an object whose size is not known yet, sent in parts from bounded buffers. */
  ObjectUpload create(String key, ObjectAttributes attributes, PutOptions options);

  /** What is known of an object; empty if there is none. */
  Optional<ObjectInfo> head(String key);

  /**
   * Opens an object, or a part of it.
   *
   * @throws ObjectNotFoundException if there is none
   * @throws dev.pgbackup.engine.error.EngineException {@code ArchiveDamaged}, if the range does not
   *     lie within it
   */
  ObjectContent get(String key, ByteRange range);

  /**
   * The objects whose keys begin with {@code prefix} and come after {@code startAfter} (empty: from
   * the first). The stream holds no resource and need not be closed.
   */
  Stream<ObjectInfo> list(String prefix, String startAfter);

  /**
   * The distinct next parts below {@code folder/} that are followed by {@code /}, in order, without
   * slashes.
   */
  List<String> listFolders(String folder);

  /** Deletes objects, in batches where the store can. */
  void delete(Collection<String> keys);

  /**
   * Removes what uploads under {@code prefix} left behind that were begun before {@code
   * startedBefore} and never committed.
   *
   * @return how many there were
   */
  int abortUncommitted(String prefix, Instant startedBefore);

  /** What this store was found to be able to do, by trying. */
  StoreCapabilities capabilities();

  /** Where this is, for messages and logs; without secrets. */
  String describe();

  @Override
  void close();
}
