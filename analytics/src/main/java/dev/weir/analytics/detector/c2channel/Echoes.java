package dev.weir.analytics.detector.c2channel;

import dev.weir.model.Activity;

/**
 * The echo requests and answers of one edge within a time.
 *
 * @param sinceMs when the first of them was sent
 * @param asked packets to the destination
 * @param answered packets from it
 * @param bytesAsked bytes of the former
 * @param bytesAnswered bytes of the latter
 */
public record Echoes(long sinceMs, long asked, long answered, long bytesAsked, long bytesAnswered) {
    static Echoes since(long ms) {
        return new Echoes(ms, 0, 0, 0, 0);
    }

    /** The echoes with those of an activity; unchanged if its amounts are not known. */
    Echoes plus(Activity activity) {
        Long sent = activity.packetsSent();
        Long received = activity.packetsReceived();
        Long bytesSent = activity.bytesSent();
        Long bytesReceived = activity.bytesReceived();
        if (sent == null || received == null || bytesSent == null || bytesReceived == null) {
            return this;
        }
        return new Echoes(
                sinceMs, asked + sent, answered + received, bytesAsked + bytesSent, bytesAnswered + bytesReceived);
    }

    /** The bytes of a request on average; 0 without any. */
    double sizeAsked() {
        return bytesAsked / Math.max(1.0, asked);
    }

    /** The bytes of an answer on average; 0 without any. */
    double sizeAnswered() {
        return bytesAnswered / Math.max(1.0, answered);
    }
}
