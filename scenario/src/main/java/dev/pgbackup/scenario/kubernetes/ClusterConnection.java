package dev.pgbackup.scenario.kubernetes;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Connects to the cluster of a kubeconfig. The client reads no keys of elliptic curves in PKCS #8,
 * in which OpenSSL writes them: such a kubeconfig's key and certificates are read here.
 */
public final class ClusterConnection {

  private static final String PKCS8 = "-----BEGIN PRIVATE KEY-----";
  private static final char[] NO_PASSWORD = {};

  private ClusterConnection() {}

  public static KubernetesClient open(Config config) {
    String key = decoded(config.getClientKeyData());
    if (!key.startsWith(PKCS8)) {
      return new KubernetesClientBuilder().withConfig(config).build();
    }
    try {
      KeyManager[] identity = identity(key, decoded(config.getClientCertData()));
      TrustManager[] trusted = trusted(decoded(config.getCaCertData()));
      config.setClientKeyData(null);
      config.setClientCertData(null);
      return new KubernetesClientBuilder()
          .withConfig(config)
          .withHttpClientBuilderConsumer(client -> client.sslContext(identity, trusted))
          .build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the kubeconfig's certificates cannot be read", e);
    }
  }

  private static String decoded(String base64) {
    return base64 == null ? "" : new String(Base64.getDecoder().decode(base64), US_ASCII);
  }

  private static KeyManager[] identity(String key, String certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client", key(key), NO_PASSWORD, certificates(certificates).toArray(Certificate[]::new));
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, NO_PASSWORD);
    return managers.getKeyManagers();
  }

  private static PrivateKey key(String pem) throws GeneralSecurityException {
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    for (String algorithm : List.of("EC", "RSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        continue;
      }
    }
    throw new InvalidKeySpecException("neither a key of an elliptic curve nor one of RSA");
  }

  private static TrustManager[] trusted(String authorities)
      throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate authority : certificates(authorities)) {
      store.setCertificateEntry("authority-" + ++number, authority);
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers();
  }

  private static Collection<? extends Certificate> certificates(String pem)
      throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem.getBytes(US_ASCII)));
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
