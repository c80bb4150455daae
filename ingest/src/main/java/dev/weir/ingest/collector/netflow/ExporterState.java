package dev.weir.ingest.collector.netflow;

import dev.weir.common.LruMap;
import dev.weir.model.LossShare;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is remembered of one exporter's observation domain. Bounded: the templates used longest ago go first. */
final class ExporterState {
    /** What a datagram advances the sequence by cannot be told. */
    static final long UNKNOWN = -1;

    private static final int MAX_TEMPLATES = 4096;
    private static final int MAX_SAMPLERS = 1024;

    private final Map<Integer, Template> templates = new LruMap<>(MAX_TEMPLATES);
    private final Map<Long, Integer> samplingBySampler = new HashMap<>();
    private @Nullable Integer sampling;
    private @Nullable Long systemInitMs;
    private final LossShare loss = new LossShare();
    private long nextSequence = UNKNOWN;

    /** Whether nothing has been learned that later datagrams are read by. */
    boolean isEmpty() {
        return templates.isEmpty() && samplingBySampler.isEmpty() && sampling == null && systemInitMs == null;
    }

    @Nullable Template template(int id) {
        return templates.get(id);
    }

    /** Remembers a template, and returns whether it contradicts the one that it replaces. */
    boolean learn(Template template) {
        boolean contradicts = contradicts(template);
        templates.put(template.id(), template);
        return contradicts;
    }

    /** Whether another layout is known under the same id. */
    boolean contradicts(Template template) {
        Template known = templates.get(template.id());
        return known != null && !known.equals(template);
    }

    void withdraw(int id) {
        templates.remove(id);
    }

    void withdrawAll(boolean options) {
        templates.values().removeIf(template -> template.options() == options);
    }

    /** Element 160, which relative times count from. */
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
        }
    }

    /** The rate of a sampler, or of the whole domain when it has none of its own. */
    @Nullable Integer sampling(@Nullable Long sampler) {
        Integer own = sampler == null ? null : samplingBySampler.get(sampler);
        if (own != null) {
            return own;
        }
        // An exporter with one sampler often leaves its id out of the data records.
        boolean onlyOne = sampling == null && sampler == null && samplingBySampler.size() == 1;
        return onlyOne ? samplingBySampler.values().iterator().next() : sampling;
    }

    /**
     * Holds a sequence number against the one awaited.
     *
     * @param carried by how much this datagram advances it, or {@link #UNKNOWN}
     * @return how many units are missing; 0 after a restart or a reordering
     */
    long missedBefore(long sequence, long carried) {
        long missed = nextSequence < 0 ? 0 : (sequence - nextSequence) & 0xffff_ffffL;
        nextSequence = carried == UNKNOWN ? UNKNOWN : (sequence + carried) & 0xffff_ffffL;
        long lost = missed < 1 << 20 ? missed : 0;
        loss.add(Math.max(0, carried), lost);
        return lost;
    }

    /** The share of what was sent that was lost lately; null for none. */
    @Nullable Integer lostPercent() {
        return loss.percent();
    }
}
