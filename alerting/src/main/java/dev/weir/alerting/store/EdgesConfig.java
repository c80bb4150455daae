package dev.weir.alerting.store;

import dev.weir.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of the edges in the database and in {@code /metrics}; a sender of flows can invent any number of ends.
 *
 * @param most edges stored by themselves; further ones share rows, and new ones replace the least used
 * @param rows rows of counts, half of them minutes, a quarter hours and a quarter days; beyond it the oldest are
 *     deleted
 * @param series edges with a series of their own in {@code /metrics}, the most used ones; all others are summed
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
