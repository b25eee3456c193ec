package dev.pgbackup.engine.store.decorate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pgbackup.engine.store.ByteRange;
import dev.pgbackup.engine.store.Content;
import dev.pgbackup.engine.store.ObjectAttributes;
import dev.pgbackup.engine.store.ObjectStore;
import dev.pgbackup.engine.store.ObjectUpload;
import dev.pgbackup.engine.store.PutOptions;
import dev.pgbackup.engine.store.fs.DirectoryStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeteredStoreTest {

  @TempDir private Path folder;

  private static final class Counter implements StoreMetrics {
    private final List<String> calls = new ArrayList<>();
    private long sent;
    private long received;

    @Override
    public void called(StoreOperation operation, boolean succeeded, Duration took) {
      calls.add(operation + (succeeded ? "" : " failed"));
    }

    @Override
    public void sent(long bytes) {
      sent += bytes;
    }

    @Override
    public void received(long bytes) {
      received += bytes;
    }

    @Override
    public void retried(StoreOperation operation) {
      calls.add(operation + " retried");
    }
  }

  @Test
  void calls_bytes_and_failures_are_counted() {
    Counter counter = new Counter();
    ObjectStore store = new MeteredStore(DirectoryStore.open(folder), counter);

    store.put("a", Content.of("12345"), ObjectAttributes.NONE, PutOptions.CREATE);
    assertThatThrownBy(
        () -> store.put("a", Content.of("1"), ObjectAttributes.NONE, PutOptions.CREATE));
    try (ObjectUpload upload = store.create("b", ObjectAttributes.NONE, PutOptions.CREATE)) {
      upload.write(ByteBuffer.wrap(new byte[100]));
      upload.commit();
    }
    Content.read(store, "a", new ByteRange(1, 3));

    assertThat(counter.calls).containsExactly("Put", "Put failed", "Write", "Commit", "Get");
    assertThat(counter.sent).isEqualTo(105);
    assertThat(counter.received).isEqualTo(3);
  }
}
