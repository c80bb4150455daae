package dev.weir.analytics.detector.dga;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code dga}.
 *
 * @param domains registered domains that do not exist, queried within the window, that make a finding
 * @param window how long a domain is remembered
 */
public record DgaConfig(Integer domains, Duration window) implements Serializable {
    private static final long serialVersionUID = 1L;

    public DgaConfig(@Nullable Integer domains, @Nullable Duration window) {
        this.domains = domains == null ? 20 : domains;
        this.window = window == null ? Duration.ofMinutes(10) : window;
    }
}
