package dev.weir.analytics;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A limit of the job, with the metric that counts the records that it left out. */
public enum Limit {
    EDGES_MERGED(
            "edges_merged_unconfirmed",
            "rare edges between ends that no object of the cluster confirms were added up as one, which no detector"
                    + " sees"),
    EDGES_LEFT_OUT("edges_left_out", "edges were left out, since one end had more of them in a slice than are kept"),
    PARTS_LEFT_OUT(
            "parts_left_out",
            "parts of activities were left out, since the open slices are larger than their share of the heap: more"
                    + " edges were in use at once than it holds"),
    ADDRESSES_REFUSED(
            "addresses_refused",
            "slices of new addresses were judged without memory, since as many as are remembered began in that hour"),
    EDGES_REFUSED(
            "edges_refused",
            "slices of new names and edges were judged without memory, since as many as are remembered began in that"
                    + " hour"),
    KEYS_EVICTED(
            "keys_evicted",
            "rarely used workloads, addresses and edges were evicted, since the state of all is larger than its share"
                    + " of the heap"),
    ENTRIES_EVICTED("entries_evicted", "entries of full tables of detectors were evicted"),
    OUTCOMES_SHARED("outcomes_shared", "policy outcomes are in alerts that several addresses share"),
    SLICES_FOLDED(
            "slices_folded", "slices of a source or destination had so many addresses that they were counted by block"),
    JUDGE_ENTRIES_EVICTED("judge_entries_evicted", "entries of full tables of the judge were evicted"),
    ALERTS_UNORDERED("alerts_unordered", "alerts were taken in before the end of their slice, since too many waited"),
    FINDINGS_SHARED("findings_shared", "findings are in alerts that several sources or destinations share"),
    ALERTS_EVICTED(
            "alerts_evicted",
            "alerts that were least recently seen were evicted, since there are more than are remembered; a further"
                    + " finding of one begins it anew"),
    INCIDENT_ENTRIES_EVICTED(
            "incident_entries_evicted",
            "of the oldest alerts, actors and groups of incidents were evicted, since there are more than are"
                    + " remembered"),
    ALERTS_LEFT_OUT(
            "alerts_left_out",
            "revisions of alerts were left out, since the recording has more alerts than are listed"),
    FLOWS_LATE("flows_late", "flows came after their slice was closed, so that only policies judged them"),
    SIBLINGS_EVICTED(
            "siblings_evicted",
            "baselines of workloads that were updated least recently no longer weigh the new members of their siblings,"
                    + " since the namespace has more than are remembered"),
    FINDINGS_UNWEIGHED("findings_unweighed", "findings were not weighed by baselines of other workloads"),
    PEERS_EVICTED(
            "peers_evicted",
            "peers that were used or reported least recently no longer weigh findings about them, since the cluster has"
                    + " more than are remembered"),
    ;

    private final String metric;
    private final String says;

    Limit(String metric, String says) {
        this.metric = metric;
        this.says = says;
    }

    /** The name of the metric, and of the count in the result of a job that ends. */
    public String metric() {
        return metric;
    }

    /**
     * The counts of the limits that were reached.
     *
     * @param accumulators returns the sum of a job's accumulator by name; null if there is none
     */
    public static SortedMap<Limit, Long> counts(Function<String, @Nullable Object> accumulators) {
        SortedMap<Limit, Long> counts = new TreeMap<>();
        for (Limit limit : values()) {
            if (accumulators.apply(limit.metric) instanceof Long count && count > 0) {
                counts.put(limit, count);
            }
        }
        return counts;
    }

    /** A sentence about the records that the limit left out. */
    public String describe(long count) {
        return count + " " + says + " (" + metric + ")";
    }
}
