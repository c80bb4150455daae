package dev.weir.model;

import org.jspecify.annotations.Nullable;

/**
 * A record that could not be read: the value of {@code weir.rejected}.
 *
 * @param reason the field, a colon and the mistake
 * @param field JSON path of the field; null when the value as a whole is unreadable
 * @param topic source topic of the record, with partition and offset
 * @param value the record's bytes in base64, at most {@value #MAX_VALUE} of them
 */
public record Rejected(String reason, @Nullable String field, String topic, int partition, long offset, String value) {

    public static final int MAX_VALUE = 4096;
}
