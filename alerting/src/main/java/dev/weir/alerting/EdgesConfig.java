package dev.weir.alerting;

import dev.weir.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of what is kept and shown of who speaks to whom. A sender of flows can invent any number of ends.
 *
 * @param most edges that are kept apart; further ones share rows, and the least used are forgotten for new ones
 * @param rows of times that are kept of edges: half of them minutes, a quarter hours and a quarter days, of which the oldest are
 *     forgotten
 * @param series edges that {@code /metrics} shows, those used most; the others are summed
 */
public record EdgesConfig(Integer most, Integer rows, Integer series) {
    public EdgesConfig(@Nullable Integer most, @Nullable Integer rows, @Nullable Integer series) {
        this.most = most == null ? 20_000 : most;
        this.rows = rows == null ? 500_000 : rows;
        this.series = series == null ? 1_000 : series;
        if (this.most < 1 || this.rows < 1 || this.series < 1) {
            throw new ConfigException("most, rows and series must be at least 1");
        }
    }

    public static EdgesConfig defaults() {
        return new EdgesConfig(null, null, null);
    }
}
