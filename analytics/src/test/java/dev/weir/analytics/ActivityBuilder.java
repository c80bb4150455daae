package dev.weir.analytics;

import dev.weir.model.Activity;
import dev.weir.model.DnsQueries;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.HttpRequests;
import dev.weir.model.Span;
import dev.weir.model.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds activities for tests; fields that a test does not set have ordinary values. */
public final class ActivityBuilder {
    private final long slice;
    private final Entity source;
    private final Entity destination;
    private final @Nullable Integer port;
    private String protocol = "TCP";
    private Verdict verdict = Verdict.FORWARDED;
    private @Nullable String outcome;
    private long answered;
    private long refused;
    private long unanswered;
    private long sent = 10;
    private long received = 10;
    private long packetsSent = 1;
    private long packetsReceived = 1;
    private long firstMs;
    private long lastMs;
    private List<Integer> starts = List.of(0);
    private List<Span> spans = List.of();
    private List<DnsQueries> dns = List.of();
    private @Nullable HttpRequests http;
    private List<Flow> flows = List.of();
    private int sampling = 1;
    private int lostPercent;
    private long cleartext;

    /**
     * Builds an activity of one slice.
     *
     * @param port null for a protocol without ports, such as ICMP
     */
    public ActivityBuilder(long slice, Entity source, Entity destination, @Nullable Integer port) {
        this.slice = slice;
        this.source = source;
        this.destination = destination;
        this.port = port;
        this.firstMs = slice + 1;
        this.lastMs = slice + 2;
    }

    public ActivityBuilder answered(long connections) {
        answered = connections;
        return this;
    }

    public ActivityBuilder refused(long connections) {
        refused = connections;
        return this;
    }

    public ActivityBuilder unanswered(long connections) {
        unanswered = connections;
        return this;
    }

    public ActivityBuilder bytes(long all, long back) {
        sent = all;
        received = back;
        return this;
    }

    public ActivityBuilder packets(long all, long back) {
        packetsSent = all;
        packetsReceived = back;
        return this;
    }

    public ActivityBuilder protocol(String value) {
        protocol = value;
        return this;
    }

    public ActivityBuilder verdict(Verdict value) {
        verdict = value;
        return this;
    }

    public ActivityBuilder outcome(String value) {
        outcome = value;
        return this;
    }

    public ActivityBuilder at(long ms) {
        firstMs = ms;
        lastMs = ms;
        return this;
    }

    public ActivityBuilder starts(List<Integer> offsets) {
        starts = offsets;
        return this;
    }

    /** Spreads the counts so far over flows that lasted for this number of slices. */
    public ActivityBuilder lasting(int slices) {
        spans = List.of(new Span(
                slices, answered + refused + unanswered, answered, sent, received, packetsSent, packetsReceived));
        return this;
    }

    public ActivityBuilder dns(DnsQueries... queries) {
        dns = List.of(queries);
        return this;
    }

    public ActivityBuilder http(HttpRequests requests) {
        http = requests;
        return this;
    }

    public ActivityBuilder flows(Flow... samples) {
        flows = List.of(samples);
        return this;
    }

    public ActivityBuilder sampling(int rate) {
        sampling = rate;
        return this;
    }

    public ActivityBuilder lost(int percent) {
        lostPercent = percent;
        return this;
    }

    public ActivityBuilder cleartext(long connections) {
        cleartext = connections;
        return this;
    }

    public Activity build() {
        return Activity.builder()
                .sliceMs(slice)
                .source(source)
                .destination(destination)
                .port(port)
                .protocol(protocol)
                .verdict(verdict)
                .outcome(outcome)
                .connections(answered + refused + unanswered)
                .established(verdict == Verdict.FORWARDED ? answered : 0)
                .refused(refused)
                .unanswered(unanswered)
                .bytesSent(sent)
                .bytesReceived(received)
                .packetsSent(packetsSent)
                .packetsReceived(packetsReceived)
                .firstSeenMs(firstMs)
                .lastSeenMs(lastMs)
                .startsMs(starts)
                .spans(spans)
                .sampling(sampling)
                .lostPercent(lostPercent)
                .cleartext(cleartext)
                .dns(dns)
                .http(http)
                .samples(flows)
                .build();
    }
}
