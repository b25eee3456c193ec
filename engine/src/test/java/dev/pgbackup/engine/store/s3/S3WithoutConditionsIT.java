package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.store.s3.S3Features.Integrity;
import dev.pgbackup.testkit.FaultProxy;
import org.junit.jupiter.api.DisplayName;

@DisplayName("S3: the contract is kept on a store that ignores conditions")
class S3WithoutConditionsIT extends S3WeakStoreContract {

  @Override
  void weaken(FaultProxy line) {
    line.dropFields("If-Match", "If-None-Match");
  }

  @Override
  S3Features expected() {
    return new S3Features(false, false, false, Integrity.Crc32c, Integrity.Crc32c);
  }
}
