package dev.pgbackup.engine.store.s3;

import dev.pgbackup.engine.error.EngineException;
import dev.pgbackup.engine.error.Reason;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Builds the SDK's client. It does not try again by itself (that is the retry decorator's
 * business), sends no body in chunks with trailers, which many stores do not understand, and lets
 * no call go on for ever.
 */
final class S3Clients {

  private static final Region REGION_OF_OTHERS = Region.US_EAST_1;

  private S3Clients() {}

  static S3Client open(S3Settings settings, AwsCredentialsProvider credentials) {
    Apache5HttpClient.Builder http =
        Apache5HttpClient.builder()
            .connectionTimeout(settings.connectTimeout())
            .socketTimeout(settings.readTimeout())
            .connectionAcquisitionTimeout(settings.requestTimeout())
            .maxConnections(settings.maxConnections())
            .tcpKeepAlive(true)
            .expectContinueEnabled(false);
    settings
        .caFile()
        .ifPresent(file -> http.tlsTrustManagersProvider(() -> CaFile.trustManagers(file)));
    S3ClientBuilder client =
        S3Client.builder()
            .httpClientBuilder(http)
            .credentialsProvider(credentials)
            .region(region(settings))
            .forcePathStyle(settings.pathStyle())
            .serviceConfiguration(
                s3 -> s3.chunkedEncodingEnabled(false).expectContinueEnabled(false))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .addPlugin(LegacyMd5Plugin.create())
            .overrideConfiguration(
                calls ->
                    calls
                        .retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .apiCallTimeout(settings.requestTimeout())
                        .apiCallAttemptTimeout(settings.requestTimeout()));
    settings.endpoint().ifPresent(client::endpointOverride);
    return client.build();
  }

  private static Region region(S3Settings settings) {
    if (settings.region().isPresent()) {
      return Region.of(settings.region().get());
    }
    if (settings.endpoint().isPresent()) {
      return REGION_OF_OTHERS;
    }
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException none) {
      throw new EngineException(
          Reason.ConfigurationInvalid,
          "no region is set for bucket "
              + settings.bucket()
              + " and the environment names none; set one",
          none);
    }
  }
}
