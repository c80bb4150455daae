package dev.weir.benchmarks;

import com.sun.net.httpserver.HttpServer;
import dev.weir.common.config.ConfigLoader;
import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.publish.ContextPublisher;
import dev.weir.ingest.publish.Outgoing;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.Topics;
import dev.weir.model.codec.FlowCodec;
import dev.weir.standalone.AllInOne;
import dev.weir.standalone.UpConfig;
import dev.weir.standalone.demo.Simulator;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures the time from a forbidden flow's publication in Kafka to the message in Slack: all of {@code weir up}, a
 * stand-in for Slack that answers at once, and the producer run in this one JVM. The first part has no other flows, the
 * second has as many as asked for.
 *
 * <p>Arguments: other flows a second (default 20,000); forbidden flows in each part (default 200), one every one and a
 * half seconds, since Slack gets one message a second.
 */
public final class EndToEnd {
    private static final Pattern ATTACKER = Pattern.compile("attacker-([0-9]+)");
    private static final long APART_MS = 1_500;
    private static final int SLICES = 20;
    /** The flows of an edge in a second. */
    private static final int FLOWS_OF_AN_EDGE = 5;

    private static final int PEERS = 500;

    private static final long WARM_UP_MS = 30_000;
    private static final long PATIENCE_MS = 60_000;

    private final Map<Integer, Long> notifiedNanos = new ConcurrentHashMap<>();
    private final AtomicLong unasked = new AtomicLong();
    private final AtomicLong published = new AtomicLong();
    private volatile boolean closed;

    private EndToEnd() {}

    public static void main(String[] arguments) throws Exception {
        int rate = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
        int attacks = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        new EndToEnd().run(rate, attacks);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private void run(int rate, int attacks) throws Exception {
        HttpServer slack = slack();
        Path folder = Files.createTempDirectory("weir-end-to-end");
        Path yaml = Files.writeString(folder.resolve("weir.yaml"), """
                data: %s
                kafka: {port: 0}
                ingest: {netflow: {enabled: false}}
                alerting: {http: {port: 0}, slack: {webhook_url: "http://127.0.0.1:%d/"}}
                """.formatted(
                        folder.resolve("data"), slack.getAddress().getPort()));
        UpConfig config = ConfigLoader.load(yaml, UpConfig.class, Map.of());
        Simulator shop = new Simulator(1);
        try (AllInOne weir = new AllInOne(
                config, false, InstantSource.system(), new CollectorRegistry(), (alert, applied) -> {}, step -> {})) {
            describe(weir.kafka(), shop, 2 * attacks);
            double calm = part("without other flows", weir.kafka(), shop, 0, attacks);
            Thread others = new Thread(
                    () -> publish(weir.kafka(), ManyEdges.all(rate / FLOWS_OF_AN_EDGE, PEERS, FLOWS_OF_AN_EDGE)),
                    "flows");
            others.start();
            Thread.sleep(WARM_UP_MS);
            long before = published.get();
            long began = System.nanoTime();
            double busy = part("among other flows", weir.kafka(), shop, attacks, attacks);
            double seconds = (System.nanoTime() - began) / 1e9;
            closed = true;
            others.join();
            System.out.printf(
                    Locale.ROOT,
                    "%,.0f other flows a second for %.0f s; median %.1f times as long as without;"
                            + " Slack was notified %d times of something else%n",
                    (published.get() - before) / seconds,
                    seconds,
                    busy / calm,
                    unasked.get());
        }
    }

    private HttpServer slack() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            long now = System.nanoTime();
            String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Matcher attacker = ATTACKER.matcher(text);
            unasked.addAndGet(attacker.find() ? 0 : 1);
            attacker.reset();
            while (attacker.find()) {
                notifiedNanos.putIfAbsent(Integer.parseInt(attacker.group(1)), now);
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static void describe(KafkaConfig kafka, Simulator shop, int attackers) throws Exception {
        List<ContextChange> context = new ArrayList<>(shop.context());
        for (int i = 0; i < attackers; i++) {
            context.add(new ContextChange(
                    "Pod", "shop", "attacker-" + i, ContextChange.ALWAYS, "benchmark", """
                    {"metadata":{"name":"attacker-%1$d","namespace":"shop","labels":{"app":"attacker-%1$d"}},
                     "status":{"podIP":"%2$s"}}""".formatted(i, address(i))));
        }
        try (ContextPublisher publisher = new ContextPublisher(kafka, new IngestMetrics(new CollectorRegistry()))) {
            publisher.publish(context);
        }
    }

    private static String address(int attacker) {
        return "10.99." + attacker / 250 + "." + (attacker % 250 + 1);
    }

    /** Runs one part and returns the median time in ms. */
    private double part(String name, KafkaConfig kafka, Simulator shop, int first, int count) throws Exception {
        long[] sent = new long[count];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                long now = InstantSource.system().millis();
                Flow flow = from(shop.forbiddenConnection(now).get(0), first + i);
                byte[] value = FlowCodec.encode(flow);
                sent[i] = System.nanoTime();
                producer.send(new ProducerRecord<>(Topics.FLOWS.topic(), value)).get();
                Thread.sleep(APART_MS);
            }
        }
        long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
        double[] took = new double[count];
        int missing = 0;
        for (int i = 0; i < count; i++) {
            while (!notifiedNanos.containsKey(first + i) && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
            Long notified = notifiedNanos.get(first + i);
            missing += notified == null ? 1 : 0;
            took[i] = notified == null ? Double.POSITIVE_INFINITY : (notified - sent[i]) / 1e6;
        }
        Arrays.sort(took);
        System.out.printf(
                Locale.ROOT,
                "%-20s %d forbidden flows  median %,.0f ms  p90 %,.0f ms  p99 %,.0f ms  worst %,.0f ms  missing %d%n",
                name,
                count,
                took[count / 2],
                took[(int) (count * 0.9)],
                took[(int) Math.ceil(count * 0.99) - 1],
                took[count - 1],
                missing);
        return took[count / 2];
    }

    private static Flow from(Flow flow, int attacker) {
        Endpoint source = flow.source();
        return Flow.builder()
                .startMs(flow.startMs())
                .endMs(flow.endMs())
                .source(Endpoint.builder()
                        .ip(address(attacker))
                        .port(source.port())
                        .bytes(source.bytes())
                        .packets(source.packets())
                        .tcpFlags(source.tcpFlags())
                        .build())
                .destination(flow.destination())
                .protocol(flow.protocol())
                .verdict(flow.verdict())
                .dropReason(flow.dropReason())
                .direction(flow.direction())
                .isReply(flow.isReply())
                .encrypted(flow.encrypted())
                .cluster(flow.cluster())
                .reporter(flow.reporter())
                .collector(flow.collector())
                .sampling(flow.sampling())
                .lostPercent(flow.lostPercent())
                .tunnel(flow.tunnel())
                .l7(flow.l7())
                .build();
    }

    /** Publishes the flows of the past second over the next one. */
    private void publish(KafkaConfig kafka, ManyEdges cluster) {
        Properties properties = kafka.clientProperties();
        properties.put("compression.type", "lz4");
        properties.put("linger.ms", "20");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            long at = InstantSource.system().millis();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            while (!closed) {
                List<Flow> flows = cluster.between(at - 1_000, at);
                for (int slice = 0; slice < SLICES; slice++) {
                    int from = flows.size() * slice / SLICES;
                    int to = flows.size() * (slice + 1) / SLICES;
                    for (Flow flow : flows.subList(from, to)) {
                        Outgoing outgoing = Outgoing.of("benchmark", flow);
                        sent.add(producer.send(
                                new ProducerRecord<>(Topics.FLOWS.topic(), outgoing.key(), outgoing.value())));
                    }
                    long due = at + 1_000L * (slice + 1) / SLICES;
                    Thread.sleep(Math.max(0, due - InstantSource.system().millis()));
                }
                for (Future<RecordMetadata> each : sent) {
                    each.get();
                }
                published.addAndGet(sent.size());
                sent.clear();
                at += 1_000;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("flows do not reach Kafka", e);
        }
    }
}
