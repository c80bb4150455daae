package dev.weir.policy.random;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.Expected;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Completes facts of a cluster that are not known, each variant as a cluster of its own: the service accounts of the
 * ends of a connection, and the addresses of the API server.
 */
final class PlainVariants {
    private static final List<String> ACCOUNTS = List.of("reader", "writer", "default", "other");

    private List<Variant> variants;

    /** A cluster, with the connection between its objects. */
    private record Variant(List<ObjectNode> objects, PlainPacket record) {}

    PlainVariants(List<ObjectNode> objects, PlainPacket record) {
        this.variants = List.of(new Variant(objects, record));
    }

    void hideAccount(boolean ofSource) {
        List<Variant> more = new ArrayList<>();
        for (Variant variant : variants) {
            ACCOUNTS.forEach(account -> more.add(withAccount(variant, ofSource, account)));
        }
        variants = more;
    }

    private static Variant withAccount(Variant variant, boolean ofSource, String account) {
        PlainPacket record = variant.record();
        PlainEnd end = ofSource ? record.source() : record.destination();
        ObjectNode pod = end.pod().deepCopy();
        pod.withObject("/spec").put("serviceAccountName", account);
        PlainEnd other = new PlainEnd(end.ip(), pod, end.node());
        PlainPacket packet = new PlainPacket(
                record.source().equals(end) ? other : record.source(),
                record.destination().equals(end) ? other : record.destination(),
                record.protocol(),
                record.port(),
                record.details());
        return new Variant(replaced(variant.objects(), end.pod(), pod), packet);
    }

    void hideApiServer(ObjectNode endpoints) {
        List<Variant> more = new ArrayList<>();
        for (Variant variant : variants) {
            String from = variant.record().source().ip();
            String to = variant.record().destination().ip();
            for (List<String> addresses : List.of(List.<String>of(), List.of(from), List.of(to), List.of(from, to))) {
                ObjectNode other = endpoints.deepCopy();
                ObjectNode subset = other.putArray("subsets").addObject();
                addresses.forEach(
                        ip -> subset.withArray("/addresses").addObject().put("ip", ip));
                more.add(new Variant(replaced(variant.objects(), endpoints, other), variant.record()));
            }
        }
        variants = more;
    }

    private static List<ObjectNode> replaced(List<ObjectNode> objects, ObjectNode old, ObjectNode other) {
        List<ObjectNode> replaced = new ArrayList<>(objects);
        replaced.replaceAll(object -> object.equals(old) ? other : object);
        return replaced;
    }

    /** The decision on which all variants agree; unknown where they differ. */
    Expected decide(BiFunction<List<ObjectNode>, PlainPacket, Expected> evaluator) {
        Set<Expected> outcomes = EnumSet.noneOf(Expected.class);
        for (Variant variant : variants) {
            outcomes.add(evaluator.apply(variant.objects(), variant.record()));
            if (outcomes.size() > 1) {
                return Expected.UNKNOWN;
            }
        }
        return outcomes.iterator().next();
    }
}
