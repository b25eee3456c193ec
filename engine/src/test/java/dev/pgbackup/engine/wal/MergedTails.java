package dev.pgbackup.engine.wal;

import java.util.ArrayList;
import java.util.List;

/** Tails of a segment as the plan has them merged, and how often their bytes were uploaded. */
final class MergedTails {

  private final List<Long> sizes = new ArrayList<>();
  private final List<Integer> uploads = new ArrayList<>();
  private long uploaded;

  void add(long size) {
    int first = TailPlan.firstSwallowed(sizes.stream().mapToLong(Long::longValue).toArray(), size);
    long whole = size;
    int most = 0;
    while (sizes.size() > first) {
      whole += sizes.remove(first);
      most = Math.max(most, uploads.remove(first));
    }
    sizes.add(whole);
    uploads.add(most + 1);
    uploaded += whole;
  }

  int count() {
    return sizes.size();
  }

  /** Of all uploads together. */
  long uploadedBytes() {
    return uploaded;
  }

  /** Of the byte that was uploaded most often. */
  int mostUploads() {
    return uploads.stream().mapToInt(Integer::intValue).max().orElse(0);
  }
}
