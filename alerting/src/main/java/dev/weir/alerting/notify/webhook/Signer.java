package dev.weir.alerting.notify.webhook;

import dev.weir.common.config.ConfigException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs bodies as Standard Webhooks defines it: {@code v1,} and the base64 of HMAC-SHA256 over id, time and body. */
final class Signer {
    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LEAST_BYTES = 24;

    private final SecretKeySpec key;

    /**
     * Creates a signer.
     *
     * @param key of the configuration, for messages
     * @throws ConfigException when the secret is not valid; the message does not show it
     */
    Signer(String secret, String key) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : secret);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(key + ": must hold whsec_ and base64");
        }
        if (bytes.length < LEAST_BYTES) {
            throw new ConfigException(key + ": must hold " + LEAST_BYTES + " bytes at least");
        }
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    String sign(String id, long seconds, byte[] body) {
        try {
            ByteArrayOutputStream signed = new ByteArrayOutputStream();
            signed.writeBytes((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
            signed.writeBytes(body);
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.toByteArray()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has " + ALGORITHM, e);
        }
    }
}
