package dev.weir.analytics.detector.httprecon;

import java.io.Serializable;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of {@code http-recon}.
 *
 * @param paths different paths of one server within the window that make a finding, where the exporter sees requests
 * @param failedShare the least share of the requests that must be answered with 4xx
 * @param connections short connections to one web server within the window that make a finding, where the exporter sees
 *     no requests
 * @param alike the same of connections whose answers are of one size; twice as many of a source that is not known
 * @param answerBytes the most bytes that such a connection brings back, in the mean
 * @param window how long a request is remembered
 * @param slowWindow the time within which as many paths make a finding if nearly all requests fail
 * @param timesUsual the least multiple of the edge's own usual rate
 * @param learn how long a source must be known before its bursts are judged
 * @param ports of web servers
 */
public record HttpReconConfig(
        Integer paths,
        Double failedShare,
        Integer connections,
        Integer alike,
        Long answerBytes,
        Duration window,
        Duration slowWindow,
        Integer timesUsual,
        Duration learn,
        Set<Integer> ports)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public HttpReconConfig(
            @Nullable Integer paths,
            @Nullable Double failedShare,
            @Nullable Integer connections,
            @Nullable Integer alike,
            @Nullable Long answerBytes,
            @Nullable Duration window,
            @Nullable Duration slowWindow,
            @Nullable Integer timesUsual,
            @Nullable Duration learn,
            @Nullable Set<Integer> ports) {
        this.paths = paths == null ? 50 : paths;
        this.failedShare = failedShare == null ? 0.75 : failedShare;
        this.connections = connections == null ? 300 : connections;
        this.alike = alike == null ? 60 : alike;
        this.answerBytes = answerBytes == null ? 4_000 : answerBytes;
        this.window = window == null ? Duration.ofMinutes(1) : window;
        this.slowWindow = slowWindow == null ? Duration.ofMinutes(10) : slowWindow;
        this.timesUsual = timesUsual == null ? 10 : timesUsual;
        this.learn = learn == null ? Duration.ofMinutes(30) : learn;
        this.ports = ports == null
                ? Set.of(80, 443, 3000, 5000, 8000, 8008, 8080, 8081, 8443, 8888, 9000, 9090)
                : Set.copyOf(ports);
    }
}
