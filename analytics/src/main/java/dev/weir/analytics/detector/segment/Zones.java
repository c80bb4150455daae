package dev.weir.analytics.detector.segment;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.ConfigLoader;
import dev.weir.model.Activity;
import dev.weir.model.Entity;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Zones and the traffic that is allowed between them. Within a zone all traffic is allowed; between two zones, and
 * between a zone and an end that is in none, only traffic that a rule allows.
 *
 * @param zones by name
 * @param allow connections from one zone to another; {@code *} is any zone, and any end that is in none
 */
public record Zones(Map<String, Zone> zones, List<Rule> allow) implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String ANY = "*";

    /**
     * One zone.
     *
     * @param namespaces whose workloads are all in it
     * @param workloads further ones, {@code namespace/name}
     * @param outside true if all peers outside the cluster are in it
     * @param requirement the reason for which it must be apart, for example {@code PCI DSS 1.3.1}
     */
    public record Zone(
            Set<String> namespaces,
            Set<String> workloads,
            Boolean outside,
            @Nullable String requirement) implements Serializable {
        private static final long serialVersionUID = 1L;

        public Zone(
                @Nullable Set<String> namespaces,
                @Nullable Set<String> workloads,
                @Nullable Boolean outside,
                @Nullable String requirement) {
            this.namespaces = namespaces == null ? Set.of() : Set.copyOf(namespaces);
            this.workloads = workloads == null ? Set.of() : Set.copyOf(workloads);
            this.outside = outside != null && outside;
            this.requirement = requirement;
        }
    }

    /**
     * Allows connections from one zone to another.
     *
     * @param ports null for all
     */
    public record Rule(String from, String to, @Nullable Set<Integer> ports) implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    public Zones(@Nullable Map<String, Zone> zones, @Nullable List<Rule> allow) {
        this.zones = zones == null ? Map.of() : new TreeMap<>(zones);
        this.allow = allow == null ? List.of() : List.copyOf(allow);
        for (Rule rule : this.allow) {
            requireKnown(rule.from());
            requireKnown(rule.to());
        }
    }

    private void requireKnown(String name) {
        if (!name.equals(ANY) && !zones.containsKey(name)) {
            throw new ConfigException("allow: '" + name + "' is no zone; there are " + zones.keySet());
        }
    }

    /**
     * Reads the zones from a YAML file.
     *
     * @throws ConfigException naming the file and the key
     */
    static Zones read(String file) {
        return ConfigLoader.load(Path.of(file), Zones.class, Map.of());
    }

    /** The zone whose bounds an activity crosses without a rule that allows it; null if it crosses none. */
    @Nullable String broken(Activity activity) {
        String from = zoneOf(activity.source(), activity.outside().isSource());
        String to = zoneOf(activity.destination(), activity.outside().isDestination());
        if ((from == null && to == null) || (from != null && from.equals(to))) {
            return null;
        }
        for (Rule rule : allow) {
            boolean port = rule.ports() == null
                    || (activity.port() != null && rule.ports().contains(activity.port()));
            if (port && matches(rule.from(), from) && matches(rule.to(), to)) {
                return null;
            }
        }
        return to != null && !zone(to).outside() ? to : from;
    }

    private static boolean matches(String wanted, @Nullable String actual) {
        return wanted.equals(ANY) || wanted.equals(actual);
    }

    Zone zone(String name) {
        return zones.getOrDefault(name, new Zone(null, null, null, null));
    }

    private @Nullable String zoneOf(Entity entity, boolean isOutside) {
        for (Map.Entry<String, Zone> each : zones.entrySet()) {
            Zone zone = each.getValue();
            boolean named = entity.namespace() != null
                    && (zone.namespaces().contains(entity.namespace())
                            || zone.workloads().contains(entity.namespace() + "/" + entity.workload()));
            if (named || (zone.outside() && isOutside)) {
                return each.getKey();
            }
        }
        return null;
    }
}
