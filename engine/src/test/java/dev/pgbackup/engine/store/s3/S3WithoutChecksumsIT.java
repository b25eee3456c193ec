package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.store.s3.S3Features.Integrity;
import dev.pgbackup.testkit.FaultProxy;
import org.junit.jupiter.api.DisplayName;

@DisplayName("S3: the contract is kept on a store that knows no checksums")
class S3WithoutChecksumsIT extends S3WeakStoreContract {

  @Override
  void weaken(FaultProxy line) {
    line.dropFields("x-amz-checksum-crc32c", "x-amz-checksum-algorithm", "Content-MD5");
  }

  @Override
  S3Features expected() {
    return new S3Features(true, true, true, Integrity.Nothing, Integrity.Nothing);
  }
}
