package dev.weir.standalone.lab;

import dev.weir.common.Millis;
import dev.weir.model.Flow;
import dev.weir.model.codec.FlowJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * Recorded flows with a label each: {@value #BENIGN}, or the name of the attack that made it.
 *
 * @param flows by their start
 */
record LabSet(List<Labelled> flows) {
    static final String BENIGN = "benign";

    /** The start of event time. */
    private static final long BEGAN = 1_790_000_000_000L;

    /** Attacks come when this share of the ordinary traffic is over, so that something can be learned before. */
    private static final double LEARNED = 0.35;

    /** The time after which baselines of peers outside and of listening ports are complete, with two hours to spare. */
    private static final long ALL_LEARNED_MS = 26 * Millis.HOUR;

    /** The most of the ordinary traffic that may pass before attacks. */
    private static final double MOST_LEARNED = 0.7;

    /** Connections of at least so many ms are stretched themselves; of others only the pauses between them are. */
    private static final long LASTING_MS = 2_000;

    record Labelled(Flow flow, String label) {}

    /** The flows that one attack made. */
    record Recorded(LabAttack attack, List<Flow> flows) {}

    /** Puts attacks into ordinary traffic, one after the other, in an order and at times that the seed decides. */
    static LabSet of(List<Flow> ordinary, List<Recorded> attacks, long seed) {
        List<Labelled> all = new ArrayList<>();
        stretched(ordinary, OrdinaryTraffic.STRETCH, BEGAN).forEach(flow -> all.add(new Labelled(flow, BENIGN)));
        long end = all.stream().mapToLong(each -> each.flow().endMs()).max().orElse(BEGAN);
        long span = end - BEGAN;
        boolean isLong = ALL_LEARNED_MS <= MOST_LEARNED * span;
        long from = BEGAN + (isLong ? ALL_LEARNED_MS : (long) (span * LEARNED));
        Random random = new Random(seed);
        List<Recorded> order = new ArrayList<>(attacks);
        Collections.shuffle(order, random);
        long slot = (end - from) / Math.max(1, order.size());
        for (int i = 0; i < order.size(); i++) {
            Recorded each = order.get(i);
            long at = from + i * slot + (long) (random.nextDouble() * slot / 3);
            stretched(each.flows(), each.attack().stretch(), at)
                    .forEach(flow -> all.add(new Labelled(flow, each.attack().name())));
        }
        all.sort(Comparator.comparingLong(each -> each.flow().startMs()));
        return new LabSet(all);
    }

    /**
     * Stretches pauses between connections. Records of one connection stay as close as they are, or they would be two.
     */
    private static List<Flow> stretched(List<Flow> flows, int stretch, long beganMs) {
        long first = flows.stream().mapToLong(Flow::startMs).min().orElse(0);
        Map<List<Object>, Long> begun = new HashMap<>();
        return flows.stream()
                .sorted(Comparator.comparingLong(Flow::startMs))
                .map(flow -> {
                    List<Object> connection = Arrays.asList(
                            flow.protocol(),
                            flow.source().ip(),
                            flow.source().port(),
                            flow.destination().ip(),
                            flow.destination().port());
                    long began = begun.merge(
                            connection, flow.startMs(), (known, now) -> now - known <= LASTING_MS ? known : now);
                    long start = beganMs + (began - first) * stretch + flow.startMs() - began;
                    long lasted = flow.endMs() - flow.startMs();
                    long end = start + (lasted < LASTING_MS ? lasted : lasted * stretch);
                    return flow.toBuilder().startMs(start).endMs(end).build();
                })
                .toList();
    }

    /**
     * The set as a source without a view into packets reports it, such as connection tracking: without records of HTTP
     * requests and DNS questions, and without names learned from answers.
     */
    LabSet ofConnections() {
        return new LabSet(flows.stream()
                .filter(each -> each.flow().source().bytes() != null)
                .map(each -> new Labelled(bare(each.flow()), each.label()))
                .toList());
    }

    private static Flow bare(Flow flow) {
        return flow.toBuilder()
                .l7(null)
                .source(flow.source().toBuilder().names(null).build())
                .destination(flow.destination().toBuilder().names(null).build())
                .build();
    }

    /** Writes NAME.flows.ndjson.gz, NAME.labels.txt.gz and the folder NAME.manifests. */
    void write(Path folder, String name) throws IOException {
        Path manifests = Files.createDirectories(folder.resolve(name + ".manifests"));
        Files.writeString(manifests.resolve("pods.yaml"), LabHost.manifests());
        try (OutputStream lines = zipped(folder.resolve(name + ".flows.ndjson.gz"));
                OutputStream labels = zipped(folder.resolve(name + ".labels.txt.gz"))) {
            for (Labelled each : flows) {
                lines.write(FlowJson.encode(each.flow()));
                lines.write('\n');
                labels.write((each.label() + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static OutputStream zipped(Path file) throws IOException {
        return new GZIPOutputStream(Files.newOutputStream(file), 1 << 16);
    }
}
