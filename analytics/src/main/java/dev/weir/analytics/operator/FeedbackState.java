package dev.weir.analytics.operator;

import dev.weir.model.Feedback;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/** People's decisions as broadcast state, without those that were undone. */
public final class FeedbackState {
    public static final MapStateDescriptor<String, Feedback> DESCRIPTOR =
            new MapStateDescriptor<>("feedback", Types.STRING, TypeInformation.of(Feedback.class));

    private FeedbackState() {}

    static void update(BroadcastState<String, Feedback> state, Feedback feedback) throws Exception {
        if (feedback.action() == Feedback.Action.UNDO) {
            state.remove(feedback.id());
        } else {
            state.put(feedback.id(), feedback);
        }
    }

    static List<Feedback> all(ReadOnlyBroadcastState<String, Feedback> state) throws Exception {
        List<Feedback> all = new ArrayList<>();
        for (Map.Entry<String, Feedback> entry : state.immutableEntries()) {
            all.add(entry.getValue());
        }
        return all;
    }
}
