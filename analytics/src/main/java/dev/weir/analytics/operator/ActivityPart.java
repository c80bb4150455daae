package dev.weir.analytics.operator;

import dev.weir.analytics.detector.DetectorScope;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.codec.ActivityCodec;

/**
 * An activity on its way: encoded once for the topic and every kind of detector, with what it is keyed by.
 *
 * @param cluster empty for none
 * @param source key of the entity
 * @param destination key of the entity
 * @param service protocol and port
 * @param activity as {@link ActivityCodec} writes it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ActivityPart(
        long sliceMs, String cluster, String source, String destination, String service, byte[] activity) {

    public static ActivityPart of(Activity activity) {
        return new ActivityPart(
                activity.sliceMs(),
                activity.cluster() == null ? "" : activity.cluster(),
                activity.source().key(),
                activity.destination().key(),
                activity.protocol() + "/" + (activity.port() == null ? "" : activity.port()),
                ActivityCodec.encode(activity));
    }

    /** Whether it is of two ends that are known; what goes on between any others says nothing to a detector. */
    public boolean isNamed() {
        return !source.equals(Entity.UNNAMED) || !destination.equals(Entity.UNNAMED);
    }

    /** What the detectors of a scope remember it by. */
    public String key(DetectorScope scope) {
        return switch (scope) {
            case SOURCE -> cluster + "|" + source;
            case EDGE -> cluster + "|" + source + "|" + destination + "|" + service;
            case DESTINATION -> cluster + "|" + destination;
        };
    }
}
