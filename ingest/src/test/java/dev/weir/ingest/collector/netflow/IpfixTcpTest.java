package dev.weir.ingest.collector.netflow;

import static dev.weir.ingest.collector.netflow.NetflowReceiverTest.bytes;
import static dev.weir.ingest.collector.netflow.NetflowReceiverTest.data;
import static dev.weir.ingest.collector.netflow.NetflowReceiverTest.message;
import static dev.weir.ingest.collector.netflow.NetflowReceiverTest.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.common.Certificates;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.pipeline.FlowClock;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.FlowStages;
import dev.weir.model.Flow;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports IPFIX over TCP and TLS through an exporter's socket. */
class IpfixTcpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final List<Flow> flows = new CopyOnWriteArrayList<>();
    private @Nullable NetflowCollector collector;

    @AfterEach
    void stop() {
        if (collector != null) {
            collector.close();
        }
    }

    @Test
    void messagesAreFoundInAnyChunksOfTheStream() throws Exception {
        int port = listen(new NetflowTcpConfig(true, 0, null, null, null, null, null));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            out.write(concatenated(bytes(message(0, template())), bytes(message(0, data(80, 64)))));
            byte[] third = bytes(message(1, data(443, 64)));
            for (byte each : third) {
                out.write(each);
                out.flush();
            }
            await().atMost(PATIENCE).until(() -> flows.size() == 2);
        }
        assertThat(flows).extracting(flow -> flow.destination().port()).containsExactly(80, 443);
        assertThat(flows).extracting(Flow::reporter).containsOnly("127.0.0.1");
    }

    @Test
    void malformedMessageEndsItsConnection() throws Exception {
        int port = listen(new NetflowTcpConfig(true, 0, null, null, null, null, null));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(bytes(message(0, template(), data(80, 64))));
            await().atMost(PATIENCE).until(() -> flows.size() == 1);
            // A set that is longer than its message.
            byte[] bad = bytes(message(1, data(80, 64)));
            bad[19] = (byte) 200;
            socket.getOutputStream().write(concatenated(bad, bad));
            assertThat(socket.getInputStream().read())
                    .as("the collector closes the connection")
                    .isEqualTo(-1);
        }
        assertThat(registry.getSampleValue(
                        "weir_ingest_datagrams_rejected_total", new String[] {"exporter"}, new String[] {"127.0.0.1"}))
                .isEqualTo(1);
        assertThat(closed("malformed")).isEqualTo(1);
        try (Socket again = new Socket(InetAddress.getLoopbackAddress(), port)) {
            again.getOutputStream().write(bytes(message(0, data(80, 64))));
            await().atMost(PATIENCE).until(() -> value("weir_ingest_netflow_sets_waited_total") == 1);
        }
        assertThat(flows).hasSize(1);
    }

    @Test
    void connectionsBeyondTheBoundAreClosed() throws Exception {
        int port = listen(new NetflowTcpConfig(true, 0, null, null, null, 1, null));
        try (Socket first = new Socket(InetAddress.getLoopbackAddress(), port)) {
            first.getOutputStream().write(bytes(message(0, template(), data(80, 64))));
            await().atMost(PATIENCE).until(() -> flows.size() == 1);
            try (Socket second = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(closed("all")).isEqualTo(1);
    }

    @Test
    void addressAtItsBoundLeavesRoomForOthers() throws Exception {
        int port = listen(new NetflowTcpConfig(true, 0, null, null, null, 10, 3));
        List<Socket> same = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket(LOOPBACK, port);
                same.add(socket);
                socket.getOutputStream().write(new byte[] {0, 10});
            }
            await().atMost(PATIENCE).until(() -> closed("address") == 17);
            try (Socket other = new Socket(LOOPBACK, port, InetAddress.getByName("127.0.0.2"), 0)) {
                other.getOutputStream().write(bytes(message(0, template(), data(80, 64))));
                await().atMost(PATIENCE).until(() -> flows.size() == 1);
            }
        } finally {
            for (Socket socket : same) {
                socket.close();
            }
        }
        await().atMost(PATIENCE).until(() -> isLetIn(port));
    }

    /** Returns true if there is room for another connection. */
    private boolean isLetIn(int port) throws IOException {
        int before = flows.size();
        try (Socket again = new Socket(LOOPBACK, port)) {
            again.setSoTimeout(1_000);
            again.getOutputStream().write(bytes(message(0, template(), data(80, 64))));
            await().atMost(Duration.ofSeconds(1)).until(() -> flows.size() > before);
            return true;
        } catch (IOException | ConditionTimeoutException refused) {
            return false;
        }
    }

    @Test
    void drippingMessageClosesItsConnection() throws Exception {
        try (IpfixTcp listener = impatient(new NetflowTcpConfig(true, 0, null, null, null, null, null));
                Socket slow = new Socket(LOOPBACK, listener.port());
                Socket idle = new Socket(LOOPBACK, listener.port())) {
            idle.getOutputStream().write(bytes(message(0, template())));
            byte[] whole = bytes(message(0, template(), data(80, 64)));
            AtomicInteger sent = new AtomicInteger();
            await().pollInterval(Duration.ofMillis(200)).atMost(PATIENCE).until(() -> {
                slow.getOutputStream().write(whole[sent.getAndIncrement()]);
                return closed("slow") == 1;
            });
            assertThat(sent.get()).isLessThan(whole.length);
            idle.getOutputStream().write(bytes(message(0, data(80, 64))));
            await().atMost(PATIENCE).until(() -> flows.size() == 1);
            assertThat(closed("slow")).as("a silent connection stays").isEqualTo(1);
        }
    }

    @Test
    void missingHandshakeClosesTheConnection(@TempDir Path folder) throws Exception {
        Certificates certificates = Certificates.in(folder);
        String pem = certificates.certificate().toString();
        String key = certificates.key().toString();
        try (IpfixTcp listener = impatient(new NetflowTcpConfig(true, 0, pem, key, pem, null, null));
                Socket silent = new Socket(LOOPBACK, listener.port())) {
            silent.setSoTimeout((int) PATIENCE.toMillis());
            while (silent.getInputStream().read() >= 0) {
                // An alert precedes the end.
            }
            await().atMost(PATIENCE).until(() -> closed("slow") == 1);
        }
    }

    @Test
    void mutualTlsNeedsTheClientsCertificate(@TempDir Path folder) throws Exception {
        Certificates certificates = Certificates.in(folder);
        String pem = certificates.certificate().toString();
        int port = listen(new NetflowTcpConfig(true, 0, pem, certificates.key().toString(), pem, null, null));
        try (Socket socket = tls(certificates, true, port)) {
            socket.getOutputStream().write(bytes(message(0, template(), data(80, 64))));
            await().atMost(PATIENCE).until(() -> flows.size() == 1);
            socket.getOutputStream().write(bytes(message(1, data(443, 64))));
            await().atMost(PATIENCE).until(() -> flows.size() == 2);
        }
        assertThat(isRefused(certificates, port)).isTrue();
        assertThat(flows).hasSize(2);
    }

    /**
     * Returns true if the server closes the connection of a client without a certificate, before or after it has
     * written.
     */
    private static boolean isRefused(Certificates certificates, int port) {
        try (Socket anonymous = tls(certificates, false, port)) {
            anonymous.getOutputStream().write(bytes(message(0, template(), data(80, 64))));
            return anonymous.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static Socket tls(Certificates certificates, boolean own, int port) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(io.netty.handler.ssl.SslProvider.JDK)
                .trustManager(certificates.certificate().toFile())
                .clientAuth(ClientAuth.NONE);
        if (own) {
            builder.keyManager(
                    certificates.certificate().toFile(), certificates.key().toFile());
        }
        return ((JdkSslContext) builder.build())
                .context()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port);
    }

    private int listen(NetflowTcpConfig tcp) {
        NetflowConfig config = new NetflowConfig(true, null, 0, null, null, null, null, null, tcp);
        FlowPipeline pipeline = new FlowPipeline(
                "netflow",
                FlowStages.NONE,
                FlowClock.arrival(InstantSource.system()),
                (kind, flow) -> flows.add(flow),
                metrics);
        NetflowCollector started = new NetflowCollector(config, true, pipeline, InstantSource.system(), metrics);
        started.start();
        collector = started;
        return started.tcpPort();
    }

    private IpfixTcp impatient(NetflowTcpConfig tcp) {
        NetflowConfig config = new NetflowConfig(true, null, 0, null, null, null, null, null, tcp);
        FlowPipeline pipeline = new FlowPipeline(
                "netflow",
                FlowStages.NONE,
                FlowClock.arrival(InstantSource.system()),
                (kind, flow) -> flows.add(flow),
                metrics);
        IpfixTcp listener = new IpfixTcp(tcp, config, null, pipeline, InstantSource.system(), metrics, 2);
        listener.start();
        return listener;
    }

    private double closed(String reason) {
        Double value = registry.getSampleValue(
                "weir_ingest_netflow_connections_closed_total", new String[] {"reason"}, new String[] {reason});
        return value == null ? 0 : value;
    }

    private double value(String name) {
        Double value = registry.getSampleValue(name);
        return value == null ? -1 : value;
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
