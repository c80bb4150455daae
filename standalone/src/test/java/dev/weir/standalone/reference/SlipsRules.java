package dev.weir.standalone.reference;

import dev.weir.common.Millis;
import dev.weir.model.Alert;
import dev.weir.model.ConnectionOutcome;
import dev.weir.model.Flow;
import dev.weir.model.L7;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The rules of Slips (Stratosphere) as its documents give them, in windows of an hour for each source: scans by
 * connections that were not established, exfiltration by bytes, and domains that do not exist. Each piece of evidence
 * is an alert here, as if each alone were enough for Slips to alert.
 */
public final class SlipsRules {
    private static final int LEAST_TARGETS = 6;
    private static final long BYTES_OF_FLOW = 100_000_000;
    private static final long BYTES_OF_PEER = 500_000_000;
    private static final int LEAST_FAILED_NAMES = 10;

    private SlipsRules() {}

    private record Group(String source, long hour, String of) {}

    /** The alerts about all flows. */
    public static List<Alert> alerts(List<Flow> flows) {
        List<Alert> alerts = new ArrayList<>();
        List<Flow> failed = flows.stream()
                .filter(flow -> "TCP".equals(flow.protocol()) || "UDP".equals(flow.protocol()))
                .filter(flow -> ConnectionOutcome.of(flow) != ConnectionOutcome.ESTABLISHED)
                .filter(flow -> flow.destination().port() != null)
                .toList();
        groups(failed, flow -> flow.protocol() + " " + flow.destination().ip()).forEach(group -> {
            if (different(group, flow -> flow.destination().port()) >= LEAST_TARGETS) {
                alerts.add(ReferenceAlerts.of(
                        "slips-vertical",
                        "discovery",
                        group,
                        group.get(0).destination().ip(),
                        null));
            }
        });
        groups(failed, flow -> flow.protocol() + " " + flow.destination().port())
                .forEach(group -> {
                    if (different(group, flow -> flow.destination().ip()) >= LEAST_TARGETS) {
                        alerts.add(ReferenceAlerts.of(
                                "slips-horizontal",
                                "discovery",
                                group,
                                null,
                                group.get(0).destination().port()));
                    }
                });
        groups(flows, flow -> flow.destination().ip()).forEach(group -> {
            long most = group.stream().mapToLong(SlipsRules::sent).max().orElse(0);
            long all = group.stream().mapToLong(SlipsRules::sent).sum();
            if (most >= BYTES_OF_FLOW || all >= BYTES_OF_PEER) {
                alerts.add(ReferenceAlerts.of(
                        "slips-exfiltration",
                        "exfiltration",
                        group,
                        group.get(0).destination().ip(),
                        null));
            }
        });
        List<Flow> unknownNames = flows.stream()
                .filter(flow -> flow.l7() != null && isUnknownName(flow.l7()))
                .toList();
        groups(unknownNames, flow -> "").forEach(group -> {
            if (group.size() >= LEAST_FAILED_NAMES) {
                alerts.add(ReferenceAlerts.of("slips-dga", "command-and-control", group, null, null));
            }
        });
        return alerts;
    }

    private static boolean isUnknownName(L7 l7) {
        return l7.dns() != null && Objects.equals(l7.dns().rcode(), "NXDOMAIN");
    }

    private static List<List<Flow>> groups(List<Flow> flows, Function<Flow, String> by) {
        Map<Group, List<Flow>> groups = new LinkedHashMap<>();
        for (Flow flow : flows) {
            Group group = new Group(flow.source().ip(), flow.startMs() / Millis.HOUR, by.apply(flow));
            groups.computeIfAbsent(group, each -> new ArrayList<>()).add(flow);
        }
        return List.copyOf(groups.values());
    }

    private static long different(List<Flow> group, Function<Flow, Object> of) {
        return group.stream().map(of).distinct().count();
    }

    private static long sent(Flow flow) {
        return flow.source().bytes() == null ? 0 : flow.source().bytes();
    }
}
