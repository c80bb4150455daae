package dev.weir.analytics.detector;

import java.time.Duration;

/**
 * Holds the properties that every detector declares: its type, scope, type of the state and retention.
 *
 * @param <S> state
 */
public abstract class AbstractDetector<S> implements Detector<S> {
    private static final long serialVersionUID = 1L;

    private final DetectorInfo info;
    private final DetectorScope scope;
    private final Class<S> stateType;
    private final Duration retention;

    protected AbstractDetector(DetectorType<?> type, DetectorScope scope, Class<S> stateType, Duration retention) {
        this.info = type.info();
        this.scope = scope;
        this.stateType = stateType;
        this.retention = retention;
    }

    @Override
    public final DetectorInfo info() {
        return info;
    }

    @Override
    public final DetectorScope scope() {
        return scope;
    }

    @Override
    public final Class<S> stateType() {
        return stateType;
    }

    @Override
    public final Duration retention() {
        return retention;
    }
}
