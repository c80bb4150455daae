package dev.weir.common;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A self-signed certificate for localhost, made by the JDK's keytool.
 *
 * @param keystore PKCS #12, opened by {@link #PASSWORD}
 * @param certificate PEM file
 * @param key PEM file, PKCS #8
 */
public record Certificates(Path keystore, Path certificate, Path key) {
    public static final String PASSWORD = "changeit";

    private static final String ALIAS = "weir";
    private static final String OPTIONS = "-genkeypair -alias %s -keyalg EC -validity 2 -dname CN=localhost"
            + " -ext san=ip:127.0.0.1,dns:localhost -storetype PKCS12 -storepass %s -keystore";

    /** Makes the three files in a folder. */
    public static Certificates in(Path folder) throws IOException, GeneralSecurityException, InterruptedException {
        Path keystore = folder.resolve("keystore.p12");
        ProcessBuilder keytool = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        keytool.command().addAll(List.of(OPTIONS.formatted(ALIAS, PASSWORD).split(" ")));
        keytool.command().add(keystore.toString());
        Process process = keytool.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + output);
        }
        KeyStore keys = KeyStore.getInstance(keystore.toFile(), PASSWORD.toCharArray());
        byte[] certificate = keys.getCertificate(ALIAS).getEncoded();
        byte[] key = keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
        return new Certificates(
                keystore,
                pem(folder.resolve("cert.pem"), "CERTIFICATE", certificate),
                pem(folder.resolve("key.pem"), "PRIVATE KEY", key));
    }

    private static Path pem(Path file, String name, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return Files.writeString(file, "-----BEGIN " + name + "-----\n" + body + "\n-----END " + name + "-----\n");
    }
}
