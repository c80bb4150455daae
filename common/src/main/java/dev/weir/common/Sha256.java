package dev.weir.common;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Computes SHA-256 (FIPS 180-4) of texts in UTF-8. */
public final class Sha256 {
    private Sha256() {}

    /** Returns all 32 bytes. */
    public static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Returns the first bytes of the hash as lower-case hex digits. */
    public static String hex(String text, int bytes) {
        return HexFormat.of().formatHex(hash(text), 0, bytes);
    }
}
