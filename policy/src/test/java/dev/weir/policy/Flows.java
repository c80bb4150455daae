package dev.weir.policy;

import dev.weir.model.Endpoint;
import dev.weir.model.Flow;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Recorded flows in tests. */
public final class Flows {
    public static final long START_MS = 1_767_225_600_000L;

    private Flows() {}

    /** An answered connection between addresses. */
    public static Flow flow(long minute, String from, String to, int port) {
        return of(minute, Endpoint.of(from, 40_000), answering(Endpoint.of(to, port)), Verdict.FORWARDED);
    }

    /** A connection that was dropped or not answered. */
    public static Flow failed(long minute, String from, String to, int port, Verdict verdict) {
        Endpoint silent = Endpoint.of(to, port).withCounters(0L, 0L, null);
        return of(minute, Endpoint.of(from, 40_000).withCounters(60L, 1L, TcpFlags.SYN), silent, verdict);
    }

    public static Flow of(long minute, Endpoint from, Endpoint to, Verdict verdict) {
        long start = START_MS + minute * 60_000;
        return Flow.of(start, start + 500, from, to, "TCP", verdict);
    }

    /** An end that names its pod. */
    public static Endpoint pod(
            String namespace, String pod, String workload, @Nullable Map<String, String> labels, String ip, int port) {
        return answering(Endpoint.builder()
                .ip(ip)
                .port(port)
                .namespace(namespace)
                .pod(pod)
                .workload(workload)
                .workloadKind("Deployment")
                .labels(labels)
                .build());
    }

    /** An end that names the Service through which it was reached. */
    public static Endpoint service(String namespace, String service, String ip, int port) {
        return answering(Endpoint.builder()
                .ip(ip)
                .port(port)
                .namespace(namespace)
                .service(service)
                .names(List.of())
                .build());
    }

    private static Endpoint answering(Endpoint end) {
        return end.withCounters(900L, 5L, TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN);
    }
}
