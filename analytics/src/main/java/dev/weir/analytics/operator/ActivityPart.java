package dev.weir.analytics.operator;

import dev.weir.analytics.detector.DetectorScope;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import dev.weir.model.codec.ActivityCodec;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * An activity between operators: encoded once for the topic and all detectors, beside the keys that it is routed by.
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
    public static final TypeInformation<ActivityPart> TYPE =
            new SerializedType<>(ActivityPart.class, ActivityPartSerializer.INSTANCE);

    public static ActivityPart of(Activity activity) {
        return new ActivityPart(
                activity.sliceMs(),
                activity.cluster() == null ? "" : activity.cluster(),
                activity.source().key(),
                activity.destination().key(),
                activity.protocol() + "/" + (activity.port() == null ? "" : activity.port()),
                ActivityCodec.encode(activity));
    }

    /** A part without an activity, by which a workload is known that was the other end of one. */
    static ActivityPart sight(long sliceMs, String cluster, String workload) {
        return new ActivityPart(sliceMs, cluster, workload, workload, "", new byte[0]);
    }

    /** True if at least one end is named; an activity between unnamed ends has no meaning for a detector. */
    public boolean isNamed() {
        return !source.equals(Entity.UNNAMED) || !destination.equals(Entity.UNNAMED);
    }

    /** The key by which the detectors of a scope keep their state. */
    public String key(DetectorScope scope) {
        return DetectorKey.of(this, scope);
    }
}
