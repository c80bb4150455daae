package dev.weir.ingest.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.ingest.IngestMetrics;
import dev.weir.model.InvalidRecordException;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of a server whose messages are event times: repeated calls, rejected messages and the end. */
@Timeout(60)
class StreamFollowerTest {
    private static final String KIND = "test";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration OVERLAP = Duration.ofSeconds(60);
    private static final long FIRST_MS = 500_000;
    private static final MethodDescriptor<String, String> METHOD = MethodDescriptor.<String, String>newBuilder()
            .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
            .setFullMethodName("test.Times/Follow")
            .setRequestMarshaller(new Text())
            .setResponseMarshaller(new Text())
            .build();

    private final CollectorRegistry registry = new CollectorRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final ReplayFilter seen = new ReplayFilter(OVERLAP, FIRST_MS, count -> {});
    private final List<List<String>> answers = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final Times times = new Times(seen);
    private Server server;
    private StreamFollower<String, String> follower;

    @BeforeEach
    void start() throws IOException {
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(ServerServiceDefinition.builder("test.Times")
                        .addMethod(METHOD, handler())
                        .build())
                .build()
                .start();
        StreamServer address = StreamServer.of("127.0.0.1:" + server.getPort(), null, null, null, null, null);
        follower = new StreamFollower<>(times, address, seen, metrics);
    }

    @AfterEach
    void stop() throws InterruptedException {
        follower.close();
        server.shutdownNow();
        server.awaitTermination(10, TimeUnit.SECONDS);
    }

    @Test
    void endedCallIsRepeatedFromTheOverlap() {
        answers.add(List.of("900000", "1000000"));
        answers.add(List.of("1000000", "1000001"));
        follower.start();
        await().atMost(PATIENCE).until(() -> times.taken.size() == 3);
        assertThat(times.taken).containsExactly("900000", "1000000", "1000001");
        assertThat(requests).containsExactly("500000", "940000");
        assertThat(metrics.reconnects.labels(KIND).get()).isEqualTo(1);
    }

    @Test
    void rejectedMessageEndsNoCall() {
        answers.add(List.of("1000", "rejected", "2000"));
        follower.start();
        await().atMost(PATIENCE).until(() -> times.taken.size() == 2);
        assertThat(times.taken).containsExactly("1000", "2000");
        assertThat(metrics.linesRejected.labels(KIND, KIND).get()).isEqualTo(1);
        assertThat(requests).hasSize(1);
        assertThat(metrics.reconnects.labels(KIND).get()).isZero();
    }

    @Test
    void silentCallIsTickedUntilClosed() throws Exception {
        answers.add(List.of());
        follower.start();
        await().atMost(PATIENCE).until(() -> times.ticks.get() >= 2);
        follower.close();
        assertThat(cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(requests).hasSize(1);
        assertThat(metrics.reconnects.labels(KIND).get()).isZero();
    }

    /** Answers each call with the next messages, and ends all calls but the last. */
    private ServerCallHandler<String, String> handler() {
        return (call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(String request) {
                    int turn = requests.size();
                    requests.add(request);
                    call.sendHeaders(new Metadata());
                    answers.get(turn).forEach(call::sendMessage);
                    if (turn + 1 < answers.size()) {
                        call.close(Status.UNAVAILABLE.withDescription("restarts"), new Metadata());
                    }
                }

                @Override
                public void onCancel() {
                    cancelled.countDown();
                }
            };
        };
    }

    /** Keeps the times that are not repetitions. */
    private static final class Times implements StreamFollower.Stream<String, String> {
        private final ReplayFilter seen;
        private final List<String> taken = new CopyOnWriteArrayList<>();
        private final AtomicInteger ticks = new AtomicInteger();

        Times(ReplayFilter seen) {
            this.seen = seen;
        }

        @Override
        public String kind() {
            return KIND;
        }

        @Override
        public MethodDescriptor<String, String> method() {
            return METHOD;
        }

        @Override
        public String request(long fromMs) {
            return Long.toString(fromMs);
        }

        @Override
        public void take(String message) {
            if (message.equals("rejected")) {
                throw new InvalidRecordException("time", "is no number");
            }
            if (!seen.isAgain(Long.parseLong(message), message.hashCode())) {
                taken.add(message);
            }
        }

        @Override
        public void tick() {
            ticks.incrementAndGet();
        }
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
