package dev.weir.ingest.collector.netflow;

import dev.weir.common.LruMap;
import dev.weir.model.LossShare;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of one exporter's observation domain: templates, sampling and sequence. Bounded: the template with the
 * oldest use is removed first.
 */
final class ExporterState {
    /** The advance of the sequence by a datagram is unknown. */
    static final long UNKNOWN = -1;

    static final int MAX_TEMPLATES = 4096;
    private static final int MAX_SAMPLERS = 1024;

    private final LruMap<Integer, FlowTemplate> templates = new LruMap<>(MAX_TEMPLATES);
    private final Map<Long, Integer> samplingBySampler = new HashMap<>();
    private @Nullable Integer sampling;
    private @Nullable Long systemInitMs;
    private long samplersRefused;
    private final LossShare loss = new LossShare();
    private long nextSequence = UNKNOWN;

    /** True if nothing has been learned that later datagrams depend on. */
    boolean isEmpty() {
        return templates.isEmpty() && samplingBySampler.isEmpty() && sampling == null && systemInitMs == null;
    }

    @Nullable FlowTemplate template(int id) {
        return templates.get(id);
    }

    /** Adds a template; returns true if it contradicts the one that it replaces. */
    boolean learn(FlowTemplate template) {
        boolean contradicts = contradicts(template);
        templates.put(template.id(), template);
        return contradicts;
    }

    /** True if another layout is known under the same id. */
    boolean contradicts(FlowTemplate template) {
        FlowTemplate known = templates.get(template.id());
        return known != null && !known.equals(template);
    }

    void withdraw(int id) {
        templates.remove(id);
    }

    void withdrawAll(boolean options) {
        templates.values().removeIf(template -> template.options() == options);
    }

    /** Returns element 160, the exporter's start in milliseconds since the epoch; relative times count from it. */
    @Nullable Long systemInitMs() {
        return systemInitMs;
    }

    void learnSystemInit(long ms) {
        systemInitMs = ms;
    }

    void learnSampling(@Nullable Long sampler, int oneOf) {
        if (sampler == null) {
            sampling = oneOf;
        } else if (samplingBySampler.size() < MAX_SAMPLERS || samplingBySampler.containsKey(sampler)) {
            samplingBySampler.put(sampler, oneOf);
        } else {
            samplersRefused++;
        }
    }

    /** Returns the number of templates that made room for others. */
    long templatesEvicted() {
        return templates.evicted();
    }

    /** Returns the number of announcements of samplers that there was no room for. */
    long samplersRefused() {
        return samplersRefused;
    }

    /** Returns the rate of a sampler, or that of the whole domain if the sampler has none. */
    @Nullable Integer sampling(@Nullable Long sampler) {
        Integer own = sampler == null ? null : samplingBySampler.get(sampler);
        if (own != null) {
            return own;
        }
        // An exporter with one sampler often omits its id in the data records.
        boolean onlyOne = sampling == null && sampler == null && samplingBySampler.size() == 1;
        return onlyOne ? samplingBySampler.values().iterator().next() : sampling;
    }

    /**
     * Compares a sequence number with the expected one.
     *
     * @param carried advance of the sequence by this datagram, or {@link #UNKNOWN}
     * @return the number of missing units; 0 after a restart or a reordering
     */
    long missedBefore(long sequence, long carried) {
        long missed = nextSequence < 0 ? 0 : (sequence - nextSequence) & 0xffff_ffffL;
        nextSequence = carried == UNKNOWN ? UNKNOWN : (sequence + carried) & 0xffff_ffffL;
        long lost = missed < 1 << 20 ? missed : 0;
        loss.add(Math.max(0, carried), lost);
        return lost;
    }

    /** Returns the share of sent units that was lost lately, in percent; null for none. */
    @Nullable Integer lostPercent() {
        return loss.percent();
    }
}
