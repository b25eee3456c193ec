package dev.pgbackup.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A certificate authority that nobody knows, and a certificate by it for a server called {@code
 * localhost}, in the forms that servers and clients take. The JDK's {@code keytool} makes them.
 */
public final class Authority {

  private static final String PASSWORD = "only for tests";
  private static final String ROOT = "authority";
  private static final String SERVER = "server";

  private final Path folder;

  private Authority(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes one.
   *
   * @param folder where its files are put
   */
  public static Authority create(Path folder) {
    Authority authority = new Authority(folder);
    try {
      authority.make();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException(failure);
    }
    return authority;
  }

  private void make() throws IOException, GeneralSecurityException {
    Path own = folder.resolve("authority.p12");
    Path request = folder.resolve("request.pem");
    Path signed = folder.resolve("signed.pem");
    keytool(
        own,
        "-genkeypair",
        "-keyalg",
        "RSA",
        "-alias",
        ROOT,
        "-dname",
        "CN=authority of a test",
        "-ext",
        "bc:c");
    keytool(
        keyStore(), "-genkeypair", "-keyalg", "RSA", "-alias", SERVER, "-dname", "CN=localhost");
    keytool(keyStore(), "-certreq", "-alias", SERVER, "-file", request.toString());
    keytool(
        own,
        "-gencert",
        "-alias",
        ROOT,
        "-rfc",
        "-ext",
        "san=dns:localhost",
        "-infile",
        request.toString(),
        "-outfile",
        signed.toString());

    Certificate root = read(own).getCertificate(ROOT);
    KeyStore server = read(keyStore());
    PrivateKey key = (PrivateKey) server.getKey(SERVER, PASSWORD.toCharArray());
    Certificate certificate;
    try (InputStream pem = Files.newInputStream(signed)) {
      certificate = CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
    server.setKeyEntry(SERVER, key, PASSWORD.toCharArray(), new Certificate[] {certificate, root});
    try (OutputStream file = Files.newOutputStream(keyStore())) {
      server.store(file, PASSWORD.toCharArray());
    }
    Files.writeString(caFile(), pem("CERTIFICATE", root.getEncoded()));
    Files.writeString(certificateFile(), pem("CERTIFICATE", certificate.getEncoded()));
    Files.createFile(
        keyFile(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(keyFile(), pem("PRIVATE KEY", key.getEncoded()));
  }

  private static void keytool(Path store, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Commands.run(command.toArray(String[]::new));
  }

  private static KeyStore read(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream file = Files.newInputStream(store)) {
      keys.load(file, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static String pem(String what, byte[] content) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(content)
        + "\n-----END "
        + what
        + "-----\n";
  }

  /** The authority's certificate, for clients that trust it; PEM. */
  public Path caFile() {
    return folder.resolve("ca.pem");
  }

  /** The server's certificate; PEM. */
  public Path certificateFile() {
    return folder.resolve("server.pem");
  }

  /** The server's key, which only its owner may read; PEM. */
  public Path keyFile() {
    return folder.resolve("server-key.pem");
  }

  /** Key and certificates of the server; PKCS #12. */
  Path keyStore() {
    return folder.resolve("server.p12");
  }

  String password() {
    return PASSWORD;
  }
}
