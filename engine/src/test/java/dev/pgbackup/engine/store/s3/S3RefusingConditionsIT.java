package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.store.s3.S3Features.Integrity;
import dev.pgbackup.testkit.FaultProxy;
import org.junit.jupiter.api.DisplayName;

@DisplayName("S3: the contract is kept on a store that refuses conditions and checksums as unknown")
class S3RefusingConditionsIT extends S3WeakStoreContract {

  @Override
  void weaken(FaultProxy line) {
    for (String field : new String[] {"If-Match", "If-None-Match", "x-amz-checksum-crc32c"}) {
      line.when("*", ".*").withField(field).always().error(501, "NotImplemented");
    }
  }

  @Override
  S3Features expected() {
    return new S3Features(false, false, false, Integrity.Md5, Integrity.Md5);
  }
}
