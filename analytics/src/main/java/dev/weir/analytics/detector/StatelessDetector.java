package dev.weir.analytics.detector;

import dev.weir.analytics.Finding;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges each slice by itself and keeps nothing between slices. Flink needs a type of state for every detector; the one
 * here never has a value.
 */
public abstract class StatelessDetector extends AbstractDetector<AttemptState.Members> {
    private static final long serialVersionUID = 1L;

    protected StatelessDetector(DetectorType<?> type, DetectorScope scope) {
        super(type, scope, AttemptState.Members.class, Duration.ofHours(1));
    }

    /** The findings of one slice. */
    protected abstract List<Finding> findings(Slice slice);

    @Override
    public final DetectorResult<AttemptState.Members> step(AttemptState.@Nullable Members state, Slice slice) {
        return new DetectorResult<>(null, findings(slice), null, null);
    }
}
