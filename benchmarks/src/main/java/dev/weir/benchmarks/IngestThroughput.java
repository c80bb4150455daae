package dev.weir.benchmarks;

import dev.weir.common.config.KafkaConfig;
import dev.weir.standalone.broker.EmbeddedBroker;
import dev.weir.standalone.broker.TopicSetup;
import dev.weir.standalone.command.Weir;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Sends the same IPFIX datagrams over loopback to Weir's ingest, which pairs, names and publishes to a broker in a
 * process of its own, to nfcapd, which writes them to a file, and to goflow2, which publishes bare records to such a
 * broker as protobuf and then as JSON; prints how many records each took in for a second of one core, how many were
 * lost, and the memory of each.
 *
 * <p>Arguments: records a second (default 100,000), seconds (default 60), and the path of goflow2, without which it is
 * left out. The environment's {@code INGEST_OPTIONS} go to the
 * JVM of ingest, for example for a profile.
 */
public final class IngestThroughput {
    private static final int WARM_UP_S = 15;
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final int rate;
    private final int seconds;
    private final Path folder;

    private IngestThroughput(int rate, int seconds, Path folder) {
        this.rate = rate;
        this.seconds = seconds;
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("broker")) {
            broker(Path.of(args[1]), Integer.parseInt(args[2]));
            return;
        }
        int rate = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 60;
        Path folder = Files.createTempDirectory("weir-benchmark");
        System.out.printf(Locale.ROOT, "%,d records/s for %d s, %d to a datagram%n", rate, seconds, Ipfix.RECORDS);
        IngestThroughput run = new IngestThroughput(rate, seconds, folder);
        double weir = run.weir();
        double nfcapd = run.nfcapd();
        System.out.printf(Locale.ROOT, "ratio to nfcapd %.3f%n", weir / nfcapd);
        if (args.length > 2) {
            System.out.printf(Locale.ROOT, "ratio to goflow2 with protobuf %.2f%n", weir / run.goflow2(args[2], "bin"));
            System.out.printf(Locale.ROOT, "ratio to goflow2 with JSON %.2f%n", weir / run.goflow2(args[2], "json"));
        }
    }

    private static void broker(Path folder, int port) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder, port)) {
            TopicSetup.ensure(new KafkaConfig(broker.bootstrapServers(), Map.of()), PARTITIONS, (short) 1);
            System.out.println("ready");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private double weir() throws Exception {
        int kafka = freePort();
        int metrics = freePort();
        int netflow = freePort();
        Path config = Files.writeString(
                folder.resolve("ingest.yaml"), """
                metrics_port: %d
                kafka:
                  bootstrap_servers: localhost:%d
                ingest:
                  netflow:
                    port: %d
                  spool:
                    path: %s
                """.formatted(metrics, kafka, netflow, folder.resolve("spool")));
        String options = "-Xmx512m -XX:+UseSerialGC " + System.getenv().getOrDefault("INGEST_OPTIONS", "");
        List<String> ingest = Child.java(options, Weir.class.getName(), "ingest", "--config", config.toString());
        try (Child unused = startBroker("weir", kafka);
                Child weir = Child.start(ingest, folder.resolve("ingest.txt"), "ready")) {
            LongSupplier published = () -> metric(metrics, "weir_ingest_flows_published_total");
            Ipfix warm = new Ipfix();
            long sent = send(warm, netflow, WARM_UP_S);
            await(published, sent / 2);
            long before = published.getAsLong();
            Duration cpu = weir.cpu();
            sent = send(warm, netflow, seconds);
            await(published, before + sent / 2);
            Duration used = weir.cpu().minus(cpu);
            long arrived = 2 * (published.getAsLong() - before);
            double each = arrived / (used.toMillis() / 1000.0);
            System.out.printf(
                    Locale.ROOT,
                    "weir    %,9.0f records/s/core, decoded, paired and published; %,d of %,d lost; peak %d MiB resident%n",
                    each,
                    sent - arrived,
                    sent,
                    weir.peakMib());
            System.out.printf(
                    Locale.ROOT,
                    "        dropped by the kernel %,d, lost by the spool %,d, rejected %,d%n",
                    metric(metrics, "weir_ingest_datagrams_dropped_total"),
                    metric(metrics, "weir_ingest_flows_lost_total"),
                    metric(metrics, "weir_ingest_datagrams_rejected_total"));
            return each;
        }
    }

    private Child startBroker(String name, int port) throws Exception {
        List<String> command = Child.java(
                "-Xmx768m -XX:+UseSerialGC",
                IngestThroughput.class.getName(),
                "broker",
                folder.resolve("kafka-" + name).toString(),
                String.valueOf(port));
        return Child.start(command, folder.resolve("broker-" + name + ".txt"), "ready");
    }

    /** Measures goflow2, which publishes each record by itself: the same records, neither paired nor named. */
    private double goflow2(String program, String format) throws Exception {
        int kafka = freePort();
        int port = freePort();
        String topic = "flow-messages";
        List<String> command = List.of(
                program,
                "-listen",
                "netflow://127.0.0.1:" + port,
                "-addr",
                "127.0.0.1:" + freePort(),
                "-format",
                format,
                "-transport",
                "kafka",
                "-transport.kafka.brokers",
                "127.0.0.1:" + kafka,
                "-transport.kafka.topic",
                topic,
                "-transport.kafka.compression",
                "lz4",
                "-transport.kafka.flushfreq",
                "100ms",
                "-transport.kafka.flushbytes",
                "1048576");
        try (Child unused = startBroker("goflow2-" + format, kafka);
                Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + kafka))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            LongSupplier published = () -> records(admin, topic);
            try (Child goflow2 = Child.start(command, folder.resolve("goflow2-" + format + ".txt"))) {
                Thread.sleep(2_000);
                Ipfix ipfix = new Ipfix();
                long sent = send(ipfix, port, WARM_UP_S);
                await(published, sent);
                long before = published.getAsLong();
                Duration cpu = goflow2.cpu();
                sent = send(ipfix, port, seconds);
                await(published, before + sent);
                Duration used = goflow2.cpu().minus(cpu);
                long arrived = published.getAsLong() - before;
                double each = arrived / (used.toMillis() / 1000.0);
                System.out.printf(
                        Locale.ROOT,
                        "goflow2 %,9.0f records/s/core, decoded and published as %s; %,d of %,d lost; peak %d MiB"
                                + " resident%n",
                        each,
                        format.equals("bin") ? "protobuf" : "JSON",
                        sent - arrived,
                        sent,
                        goflow2.peakMib());
                return each;
            }
        }
    }

    private static long records(Admin admin, String topic) {
        try {
            return TopicRecords.count(admin, topic, PARTITIONS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private double nfcapd() throws Exception {
        int port = freePort();
        Path files = Files.createDirectory(folder.resolve("nfcapd"));
        List<String> command = List.of(
                "nfcapd",
                "-b",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "-w",
                files.toString(),
                "-B",
                String.valueOf(8 << 20));
        long sent;
        Duration used;
        long peak;
        try (Child nfcapd = Child.start(command, folder.resolve("nfcapd.txt"))) {
            Thread.sleep(2_000);
            Ipfix ipfix = new Ipfix();
            sent = send(ipfix, port, WARM_UP_S);
            Duration cpu = nfcapd.cpu();
            sent += send(ipfix, port, seconds);
            Thread.sleep(2_000);
            used = nfcapd.cpu().minus(cpu);
            peak = nfcapd.peakMib();
        }
        long stored = stored(files);
        double each = ((double) rate * seconds) / (used.toMillis() / 1000.0);
        System.out.printf(
                Locale.ROOT,
                "nfcapd  %,9.0f records/s/core, decoded and written to a file; %,d of %,d lost; peak %d MiB resident%n",
                each,
                sent - stored,
                sent,
                peak);
        return each;
    }

    /** The number of records that nfdump finds. */
    private static long stored(Path files) throws IOException, InterruptedException {
        Process nfdump = new ProcessBuilder("nfdump", "-R", files.toString(), "-I")
                .redirectErrorStream(true)
                .start();
        String text = new String(nfdump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        nfdump.waitFor();
        return text.lines()
                .filter(line -> line.startsWith("Flows:"))
                .mapToLong(line -> Long.parseLong(line.substring(6).strip()))
                .findFirst()
                .orElse(0);
    }

    /** Sends for a number of seconds and returns the number of records sent. */
    private long send(Ipfix ipfix, int port, int forSeconds) throws IOException, InterruptedException {
        long records = 0;
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(new InetSocketAddress("127.0.0.1", port));
            long began = System.nanoTime();
            long total = (long) rate * forSeconds;
            while (records < total) {
                double due = (System.nanoTime() - began) / 1e9 * rate;
                while (records < due && records < total) {
                    int unused = channel.write(ipfix.next(System.currentTimeMillis()));
                    records += Ipfix.RECORDS;
                }
                Thread.sleep(1);
            }
        }
        return records;
    }

    private static void await(LongSupplier value, long enough) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long last = -1;
        long since = System.nanoTime();
        while (System.nanoTime() < deadline) {
            long now = value.getAsLong();
            if (now >= enough) {
                return;
            }
            if (now != last) {
                last = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(15)) {
                // Records were lost; the figures will show it.
                return;
            }
            Thread.sleep(250);
        }
    }

    /** A metric's values over all labels. */
    private static long metric(int port, String name) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics"))
                    .build();
            String text =
                    HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
            return (long) text.lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
