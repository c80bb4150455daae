package dev.weir.analytics;

import dev.weir.model.Activity;
import dev.weir.model.ContextChange;
import dev.weir.model.Endpoint;
import dev.weir.model.Entity;
import dev.weir.model.Flow;
import dev.weir.model.TcpFlags;
import dev.weir.model.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records to test with. */
public final class Samples {
    public static final String WEB = "10.0.0.1";
    public static final String API = "10.0.0.2";
    public static final String DB = "10.0.0.3";
    public static final int DONE = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.FIN;

    private Samples() {}

    public static Flow flow(long ms, String from, String to, int port) {
        return flow(ms, from, to, port, Verdict.FORWARDED);
    }

    public static Flow flow(long ms, String from, String to, int port, Verdict verdict) {
        boolean dropped = verdict == Verdict.DROPPED;
        return Flow.of(
                ms,
                ms,
                Endpoint.of(from, 40_000).withCounters(100L, 5L, dropped ? TcpFlags.SYN : DONE),
                Endpoint.of(to, port).withCounters(dropped ? 0L : 200L, dropped ? 0L : 4L, dropped ? null : DONE),
                "TCP",
                verdict);
    }

    public static ContextChange pod(String app, String ip, long validFromMs) {
        return change(
                "Pod",
                "shop",
                app + "-1",
                validFromMs,
                "{'metadata':{'namespace':'shop','name':'" + app
                        + "-1','labels':{'app':'" + app + "'},'ownerReferences':[{'kind':'StatefulSet','name':'" + app
                        + "'}]},'status':{'podIP':'" + ip + "'}}");
    }

    /** A policy that lets only the api reach the db, on 5432. */
    public static ContextChange dbPolicy(long validFromMs, String labels) {
        return change(
                "NetworkPolicy",
                "shop",
                "db",
                validFromMs,
                "{'metadata':{'namespace':'shop','name':'db','labels':"
                        + labels
                        + "},'spec':{'podSelector':{'matchLabels':{'app':'db'}},'ingress':[{'from':[{'podSelector':"
                        + "{'matchLabels':{'app':'api'}}}],'ports':[{'port':5432}]}]}}");
    }

    public static ContextChange change(
            String kind, @Nullable String namespace, String name, long validFromMs, @Nullable String object) {
        return new ContextChange(
                kind, namespace, name, validFromMs, "test", object == null ? null : object.replace('\'', '"'));
    }

    public static Activity activity(long slice, String source, String destination, int port, boolean answered) {
        return new ActivityBuilder(slice, workload(source), address(destination), port)
                .answered(answered ? 1 : 0)
                .unanswered(answered ? 0 : 1)
                .build();
    }

    public static Finding finding(long ms, long count, String subject) {
        return new FindingBuilder("test")
                .subject(subject)
                .category("policy")
                .confidence(0.5)
                .title("title")
                .summary("summary " + ms)
                .firstSeenMs(ms)
                .lastSeenMs(ms)
                .count(count)
                .source(workload("web"))
                .destination(address(DB))
                .ports(List.of(80))
                .protocol("TCP")
                .build();
    }

    public static Entity workload(String name) {
        return Entity.workload("shop", name, "Deployment");
    }

    public static Entity address(String ip) {
        return new Entity(null, null, null, null, ip, null, null, null);
    }
}
