package dev.weir.model.codec;

import dev.weir.model.Evidence;
import dev.weir.model.Flow;
import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Samples of an activity that need not be decoded to be encoded: each is a flow as it was read, with the names of its
 * edge. For one thread.
 */
public final class FlowSamples extends AbstractList<Flow> {
    /** The size of a flow from which its labels are looked at; ordinary flows are far smaller. */
    private static final int MAX_BYTES = 4_096;

    private final List<Sample> samples;

    /** Creates a list of samples, which must not change any more. */
    public FlowSamples(List<Sample> samples) {
        this.samples = samples;
    }

    /** A flow with the names of its edge. For one thread. */
    public static final class Sample {
        private final FlowCursor.Later flow;
        private final FlowNames names;
        /** The names as bytes, since they cannot be encoded while the activity is. */
        private final byte[] encodedNames;

        private @Nullable Flow named;

        public Sample(FlowCursor.Later flow, FlowNames names) {
            this.flow = flow;
            this.names = names;
            this.encodedNames = names.encoded();
        }

        /** The flow as it was read. */
        public FlowCursor.Later flow() {
            return flow;
        }

        /** The flow with the names. */
        public Flow named() {
            Flow known = named;
            if (known == null) {
                known = names.on(flow.flow());
                named = known;
            }
            return known;
        }
    }

    @Override
    public Flow get(int index) {
        return samples.get(index).named();
    }

    @Override
    public int size() {
        return samples.size();
    }

    void write(int field, ProtoWriter out) {
        for (Sample each : samples) {
            byte[] value = each.flow.encoded();
            if (value == null || value.length > MAX_BYTES) {
                out.message(field, Evidence.withFewLabels(each.named()), FlowProto::write);
            } else {
                out.bytes(field, value, each.encodedNames);
            }
        }
    }
}
