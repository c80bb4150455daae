package dev.weir.ingest.collector.logs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.config.UnavailableException;
import dev.weir.common.http.HttpLimits;
import dev.weir.ingest.IngestMetrics;
import dev.weir.ingest.collector.Collector;
import dev.weir.ingest.format.LineFormats;
import dev.weir.ingest.pipeline.FlowPipeline;
import dev.weir.ingest.pipeline.RecordCounts;
import dev.weir.ingest.publish.SpooledFlows;
import dev.weir.model.Flow;
import dev.weir.model.codec.Json;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts flows by {@code POST /v1/flows}: lines of any format, plain or gzip. The answer is sent once the flows are on
 * disk, with the number of accepted flows and the errors of the other lines; halves of connections are paired within
 * one request. Without room on disk, or with too many requests at once, the answer is 429 and nothing of the request is
 * accepted.
 */
public final class HttpCollector implements Collector {
    private static final Logger LOG = LoggerFactory.getLogger(HttpCollector.class);
    public static final String PATH = "/v1/flows";

    private static final int UNPACKED = 4;
    private static final int MOST_LISTED = 10;
    /** The number of requests at once; each holds its body in memory. */
    private static final int MOST_AT_ONCE = 4;

    /**
     * The number of rejected lines after which the rest of a request is not read, since it most likely holds something
     * else.
     */
    private static final int MOST_REJECTED = 10_000;

    private static final int BUFFER = 64 * 1024;

    /** The number of flows waiting to be judged from which on answers are delayed. */
    private static final int MOST_WAITING = 10_000;

    private static final int LINES_BETWEEN_LOOKS = 1_000;
    private static final long LOOK_MS = 20;
    /** The longest delay of an answer, in milliseconds. Many clients give up after half a minute. */
    private static final long LONGEST_WAIT_MS = 20_000;

    private static final String BEARER = "Bearer ";

    private final HttpConfig config;
    private final Supplier<FlowPipeline> pipelines;
    private final SpooledFlows spool;
    private final LongSupplier lag;
    private final IngestMetrics metrics;
    private final RecordCounts counts;
    private final byte @Nullable [] token;
    private final Semaphore atOnce = new Semaphore(MOST_AT_ONCE);
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Javalin server;

    /**
     * The body of a request, which is decompressed while it is read, and never as a whole.
     *
     * @param unpacked number of bytes after decompression
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Body(byte[] sent, boolean gzip, long unpacked) {
        InputStream open() throws IOException {
            InputStream in = new ByteArrayInputStream(sent);
            return gzip ? new GZIPInputStream(in) : in;
        }
    }

    /**
     * Creates the collector; it listens from {@link #start()} on.
     *
     * @param pipelines makes a pipeline for each request, which puts flows into {@code spool}
     * @param lag number of flows that wait to be judged
     */
    public HttpCollector(
            HttpConfig config,
            Supplier<FlowPipeline> pipelines,
            SpooledFlows spool,
            LongSupplier lag,
            IngestMetrics metrics) {
        this.config = config;
        this.pipelines = pipelines;
        this.spool = spool;
        this.lag = lag;
        this.metrics = metrics;
        this.counts = new RecordCounts(FileCollector.KIND, metrics, LOG);
        this.token = token(config);
    }

    @Override
    public String kind() {
        return FileCollector.KIND;
    }

    @Override
    public void start() {
        Javalin javalin = Javalin.create(settings -> {
            settings.startup.showJavalinBanner = false;
            settings.http.maxRequestSize = config.maxBytes();
            settings.routes.post(PATH, this::post);
            settings.jetty.modifyServer(
                    open -> HttpLimits.bound(open, config.connectionsPerAddress(), reason -> metrics.connectionsClosed
                            .labels(reason)
                            .inc()));
        });
        try {
            server = javalin.start(config.host(), config.port());
            LOG.info("logs: listening for POST {} on TCP {}:{}", PATH, config.host(), port());
        } catch (JavalinBindException e) {
            throw new UnavailableException("logs: cannot listen on TCP " + config.host() + ":" + config.port() + ": "
                    + e.getMessage() + "; choose another with ingest.logs.http.port");
        }
    }

    /** Returns the URL that takes flows. */
    public String url() {
        return "http://" + config.host() + ":" + port() + PATH;
    }

    /** Returns the TCP port of the listener. */
    public int port() {
        Javalin open = server;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        return open.port();
    }

    @Override
    public void close() {
        closing.countDown();
        if (server != null) {
            server.stop();
        }
    }

    private void post(Context context) throws IOException {
        if (!isLetIn(context.header("Authorization"))) {
            answer(context, 401, "the token is missing or wrong: Authorization: Bearer TOKEN");
            return;
        }
        String format = context.queryParam("format");
        if (format != null && LineFormats.named(format) == null) {
            answer(context, 400, "format '" + format + "' is none of " + LineFormats.ids());
            return;
        }
        if (!atOnce.tryAcquire()) {
            busy(context, 429, "1", MOST_AT_ONCE + " requests are in progress already; try again");
            return;
        }
        try {
            Body body = body(context);
            if (body != null) {
                take(context, format, body);
            }
        } finally {
            atOnce.release();
        }
    }

    private void take(Context context, @Nullable String format, Body body) throws IOException {
        if (spool.isDiskLow(2 * body.unpacked())) {
            busy(context, 503, "30", "the disk has no room for more flows beyond the space that is kept free");
            return;
        }
        // The spool takes a little more than the body's bytes, and never twice as many.
        if (!spool.hasRoom(2 * body.unpacked())) {
            busy(context, 429, "10", "there is no room for more flows until Kafka has taken some");
            return;
        }
        List<String> problems = new ArrayList<>();
        long[] rejected = {0};
        FlowLines reader = new FlowLines(
                "request",
                format,
                problem -> {
                    counts.rejected(problem.format());
                    rejected[0]++;
                    if (problems.size() < MOST_LISTED) {
                        problems.add(problem.message());
                    }
                },
                counts::skipped);
        FlowPipeline pipeline = pipelines.get();
        long accepted = 0;
        long read = 0;
        long left = LONGEST_WAIT_MS;
        try (LineSource lines = LineSource.of("request", body.open())) {
            LineSource.Line line = lines.next();
            while (line != null && rejected[0] < MOST_REJECTED) {
                if (++read % LINES_BETWEEN_LOOKS == 1) {
                    left = slowDown(left);
                }
                accepted += take(pipeline, reader.flow(line));
                line = lines.next();
            }
            LineSource.Line last = rejected[0] < MOST_REJECTED ? lines.last() : null;
            if (last != null) {
                accepted += take(pipeline, reader.flow(last));
            }
        }
        if (rejected[0] >= MOST_REJECTED) {
            problems.add("the lines after the first " + MOST_REJECTED + " invalid ones were not read");
        }
        pipeline.flush();
        try {
            spool.sync();
        } catch (IOException e) {
            busy(context, 503, "10", "writing to the disk of the spool failed: " + e.getMessage());
            return;
        }
        ObjectNode answer =
                Json.MAPPER.createObjectNode().put("accepted", accepted).put("rejected", rejected[0]);
        problems.forEach(answer.withArray("problems")::add);
        boolean bad = rejected[0] >= MOST_REJECTED || accepted == 0 && rejected[0] > 0;
        context.status(bad ? 400 : 200).contentType("application/json").result(answer.toString());
    }

    /**
     * Waits while the job lags: a sender that waits for its answer sends no faster than flows are judged, and its flows
     * are judged within seconds.
     *
     * @param leftMs time for which the request may still wait, in milliseconds
     * @return the time that remains afterwards, in milliseconds
     */
    private long slowDown(long leftMs) {
        long left = leftMs;
        try {
            while (left > 0 && lag.getAsLong() > MOST_WAITING && !closing.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                left -= LOOK_MS;
            }
        } catch (InterruptedException e) {
            // The server stops; flows that have been read are still accepted.
            Thread.currentThread().interrupt();
            left = 0;
        }
        metrics.requestsSlowed.inc((leftMs - Math.max(0, left)) / 1_000.0);
        return left;
    }

    private static int take(FlowPipeline pipeline, @Nullable Flow flow) {
        if (flow == null) {
            return 0;
        }
        pipeline.accept(flow);
        return 1;
    }

    /** Returns the body as it was sent; null if an answer with an error has been given. */
    private @Nullable Body body(Context context) throws IOException {
        byte[] sent;
        try (InputStream in = context.bodyInputStream()) {
            sent = in.readNBytes(config.maxBytes() + 1);
        }
        if (sent.length > config.maxBytes()) {
            answer(context, 413, "a request may have at most " + config.maxBytes() + " bytes");
            return null;
        }
        String encoding = context.header("Content-Encoding");
        if (encoding == null || encoding.equals("identity")) {
            return new Body(sent, false, sent.length);
        }
        if (!encoding.toLowerCase(Locale.ROOT).equals("gzip")) {
            answer(context, 415, "content encoding '" + encoding + "' is not gzip");
            return null;
        }
        long most = (long) UNPACKED * config.maxBytes();
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(sent))) {
            long unpacked = 0;
            byte[] some = new byte[BUFFER];
            for (int read = in.read(some); read >= 0 && unpacked <= most; read = in.read(some)) {
                unpacked += read;
            }
            if (unpacked > most) {
                answer(context, 413, "a request may have at most " + most + " bytes after decompression");
                return null;
            }
            return new Body(sent, true, unpacked);
        } catch (IOException e) {
            answer(context, 400, "the body is not gzip: " + e.getMessage());
            return null;
        }
    }

    private boolean isLetIn(@Nullable String header) {
        byte[] wanted = token;
        if (wanted == null) {
            return true;
        }
        byte[] shown = header == null || !header.startsWith(BEARER)
                ? new byte[0]
                : header.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(wanted, shown);
    }

    private void busy(Context context, int status, String seconds, String problem) {
        context.header("Retry-After", seconds);
        answer(context, status, problem);
    }

    private void answer(Context context, int status, String problem) {
        metrics.requestsRejected.labels(String.valueOf(status)).inc();
        context.status(status)
                .contentType("application/json")
                .result(Json.MAPPER.createObjectNode().put("problem", problem).toString());
    }

    private static byte @Nullable [] token(HttpConfig config) {
        String file = config.tokenFile();
        try {
            String text = file == null
                    ? config.token()
                    : Files.readString(Path.of(file)).strip();
            if (text != null && text.isEmpty()) {
                throw new UnavailableException("logs: the token is empty");
            }
            return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UnavailableException(
                    "logs: " + file + " cannot be read: " + e.getMessage() + "; ingest.logs.http.token_file names it");
        }
    }
}
