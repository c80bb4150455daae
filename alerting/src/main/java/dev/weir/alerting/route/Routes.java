package dev.weir.alerting.route;

import dev.weir.common.Sha256;
import dev.weir.common.config.ConfigException;
import dev.weir.model.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tree of routes: in each branch the first route that an alert matches decides about its receiver. */
public final class Routes {
    private static final List<String> GROUP_BY = List.of("incident");
    private static final Duration GROUP_WAIT = Duration.ZERO;
    private static final Duration GROUP_INTERVAL = Duration.ofSeconds(30);
    private static final Duration REPEAT_INTERVAL = Duration.ZERO;

    private final Route root;
    private final List<Route> all = new ArrayList<>();
    private final Map<String, Route> byKey = new HashMap<>();

    /**
     * A route with all that it has from those above.
     *
     * @param path where it is in the tree, for example {@code route.routes[1]}
     * @param key of the matchers from the first route to this one, the same wherever in the tree they are, and however
     *     many levels without matchers are between them; 32 hex digits, with a number where several routes have the
     *     same matchers and receiver
     */
    public record Route(
            String path,
            String key,
            String receiver,
            Predicate<Map<String, String>> matches,
            List<String> groupBy,
            Duration groupWait,
            Duration groupInterval,
            Duration repeatInterval,
            List<TimeInterval> mute,
            List<TimeInterval> active,
            MessageTemplate wording,
            boolean continues,
            List<Route> routes) {
        /** True if the route sends no notifications at that time. */
        public boolean isMuted(long ms) {
            return mute.stream().anyMatch(times -> times.has(ms))
                    || (!active.isEmpty() && active.stream().noneMatch(times -> times.has(ms)));
        }

        /** The labels that the alerts of a group share. */
        public Map<String, String> group(Map<String, String> labels) {
            if (groupBy.contains("...")) {
                return new TreeMap<>(labels);
            }
            Map<String, String> group = new TreeMap<>();
            for (String label : groupBy) {
                group.put(label, labels.getOrDefault(label, ""));
            }
            return group;
        }
    }

    private Routes(Route root) {
        this.root = root;
        index(root);
    }

    private void index(Route route) {
        all.add(route);
        byKey.put(route.receiver() + "\n" + route.key(), route);
        route.routes().forEach(this::index);
    }

    /**
     * Builds the tree of a file.
     *
     * @param file for messages
     * @param receivers the names of the existing receivers
     * @throws ConfigException saying where the mistake is and what would be right
     */
    public static Routes of(String file, RoutesConfig config, Set<String> receivers) {
        RoutesConfig.Node top = config.route();
        if (top == null || top.receiver() == null) {
            throw new ConfigException(file + ": route.receiver: is missing; every alert needs a receiver");
        }
        if (!top.matchers().isEmpty()) {
            throw new ConfigException(file + ": route.matchers: the first route takes every alert; use route.routes");
        }
        Map<String, List<TimeInterval>> intervals = new HashMap<>();
        for (int i = 0; i < config.timeIntervals().size(); i++) {
            RoutesConfig.Named named = config.timeIntervals().get(i);
            String where = file + ": time_intervals[" + i + "]";
            if (named.name() == null) {
                throw new ConfigException(where + ".name: is missing");
            }
            try {
                intervals.put(
                        named.name(),
                        named.timeIntervals().stream().map(TimeInterval::new).toList());
            } catch (IllegalArgumentException e) {
                throw new ConfigException(where + ": " + e.getMessage());
            }
        }
        return new Routes(
                new Builder(file, receivers, intervals, wordings(file, config.templates()), new HashSet<>()).root(top));
    }

    private static Map<String, MessageTemplate> wordings(String file, List<RoutesConfig.Texts> templates) {
        Map<String, MessageTemplate> wordings = new HashMap<>();
        for (int i = 0; i < templates.size(); i++) {
            RoutesConfig.Texts each = templates.get(i);
            String where = file + ": templates[" + i + "]";
            if (each.name() == null) {
                throw new ConfigException(where + ".name: is missing");
            }
            wordings.put(
                    each.name(),
                    new MessageTemplate(
                            template(where + ".title", each.title()), template(where + ".text", each.text())));
        }
        return wordings;
    }

    private static @Nullable Template template(String where, @Nullable String text) {
        try {
            return text == null ? null : Template.plain(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(where + ": is no Mustache template: " + e.getMessage());
        }
    }

    /**
     * Builds a route to each receiver, for every alert.
     *
     * @param receivers the least severity for each
     */
    public static Routes toAll(Map<String, Severity> receivers) {
        List<Route> each = new ArrayList<>();
        new TreeMap<>(receivers).forEach((receiver, least) -> {
            Set<String> words = Arrays.stream(Severity.values())
                    .filter(severity -> severity.compareTo(least) >= 0)
                    .map(Severity::id)
                    .collect(Collectors.toSet());
            String path = "route.routes[" + each.size() + "]";
            boolean isAll = words.size() == Severity.values().length;
            String matcher = "severity=~" + words.stream().sorted().collect(Collectors.joining("|"));
            each.add(plain(
                    path,
                    key("", isAll ? List.of() : List.of(matcher)),
                    receiver,
                    labels -> words.contains(labels.get("severity")),
                    true,
                    List.of()));
        });
        return new Routes(plain("route", "", "", labels -> true, false, each));
    }

    private static Route plain(
            String path,
            String key,
            String receiver,
            Predicate<Map<String, String>> matches,
            boolean continues,
            List<Route> routes) {
        return new Route(
                path,
                key,
                receiver,
                matches,
                GROUP_BY,
                GROUP_WAIT,
                GROUP_INTERVAL,
                REPEAT_INTERVAL,
                List.of(),
                List.of(),
                MessageTemplate.NONE,
                continues,
                routes);
    }

    /** The routes that an alert with these labels takes. */
    public List<Route> matching(Map<String, String> labels) {
        List<Route> found = new ArrayList<>();
        collect(root, labels, found);
        found.removeIf(route -> route.receiver().isEmpty());
        return found;
    }

    private static void collect(Route route, Map<String, String> labels, List<Route> found) {
        int before = found.size();
        for (Route each : route.routes()) {
            if (each.matches().test(labels)) {
                collect(each, labels, found);
                if (!each.continues()) {
                    break;
                }
            }
        }
        if (found.size() == before) {
            found.add(route);
        }
    }

    /** The route of a receiver and a {@linkplain Route#key key}; the first route when that is gone. */
    public Route at(String receiver, String key) {
        return Objects.requireNonNullElse(byKey.get(receiver + "\n" + key), root);
    }

    /** The route at a path. */
    public Optional<Route> atPath(String path) {
        return all.stream().filter(route -> route.path().equals(path)).findFirst();
    }

    /** All routes, in the order of their paths. */
    public List<Route> all() {
        return all.stream().sorted(Comparator.comparing(Route::path)).toList();
    }

    private static String key(String above, List<String> matchers) {
        return Sha256.hex(above + "/" + matchers.stream().sorted().toList(), 16);
    }

    private record Builder(
            String file,
            Set<String> receivers,
            Map<String, List<TimeInterval>> intervals,
            Map<String, MessageTemplate> wordings,
            Set<String> keys) {
        Route root(RoutesConfig.Node node) {
            return route("route", node, null, "");
        }

        /**
         * Builds a route.
         *
         * @param levels the key of the levels above that have matchers
         */
        private Route route(String path, RoutesConfig.Node node, @Nullable Route above, String levels) {
            String receiver = node.receiver() != null ? node.receiver() : above == null ? "" : above.receiver();
            if (!receivers.contains(receiver)) {
                throw new ConfigException(file + ": " + path + ".receiver: there is no receiver '" + receiver
                        + "'; there are " + receivers.stream().sorted().collect(Collectors.joining(", ")));
            }
            List<Matcher> matchers = matchers(path, node.matchers());
            String key = above != null && matchers.isEmpty()
                    ? levels
                    : key(levels, matchers.stream().map(Matcher::text).toList());
            Route own = new Route(
                    path,
                    key,
                    receiver,
                    labels -> matchers.stream().allMatch(matcher -> matcher.matches(labels)),
                    or(node.groupBy(), above == null ? GROUP_BY : above.groupBy()),
                    or(node.groupWait(), above == null ? GROUP_WAIT : above.groupWait()),
                    or(node.groupInterval(), above == null ? GROUP_INTERVAL : above.groupInterval()),
                    or(node.repeatInterval(), above == null ? REPEAT_INTERVAL : above.repeatInterval()),
                    times(path + ".mute_time_intervals", node.muteTimeIntervals()),
                    times(path + ".active_time_intervals", node.activeTimeIntervals()),
                    wording(path, node.template(), above),
                    node.continues(),
                    List.of());
            List<Route> below = new ArrayList<>();
            for (int i = 0; i < node.routes().size(); i++) {
                below.add(route(path + ".routes[" + i + "]", node.routes().get(i), own, key));
            }
            return new Route(
                    own.path(),
                    numbered(receiver, key),
                    own.receiver(),
                    own.matches(),
                    own.groupBy(),
                    own.groupWait(),
                    own.groupInterval(),
                    own.repeatInterval(),
                    own.mute(),
                    own.active(),
                    own.wording(),
                    own.continues(),
                    below);
        }

        private MessageTemplate wording(String path, @Nullable String name, @Nullable Route above) {
            if (name == null) {
                return above == null ? MessageTemplate.NONE : above.wording();
            }
            MessageTemplate wording = wordings.get(name);
            if (wording == null) {
                throw new ConfigException(file + ": " + path + ".template: there is no template '" + name
                        + "'; there are " + wordings.keySet().stream().sorted().collect(Collectors.joining(", ")));
            }
            return wording;
        }

        private static <T> T or(@Nullable T own, T above) {
            return own == null ? above : own;
        }

        /**
         * Numbers routes with equal keys; the first keeps its groups when others follow. A route without matchers takes
         * the place of the one above it, so it comes before that.
         */
        private String numbered(String receiver, String key) {
            String numbered = key;
            for (int number = 2; !keys.add(receiver + "\n" + numbered); number++) {
                numbered = key + "." + number;
            }
            return numbered;
        }

        private List<Matcher> matchers(String path, List<String> texts) {
            List<Matcher> matchers = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                try {
                    matchers.add(Matcher.parse(texts.get(i)));
                } catch (IllegalArgumentException e) {
                    throw new ConfigException(file + ": " + path + ".matchers[" + i + "]: " + e.getMessage());
                }
            }
            return matchers;
        }

        private List<TimeInterval> times(String where, List<String> names) {
            List<TimeInterval> times = new ArrayList<>();
            for (String name : names) {
                List<TimeInterval> known = intervals.get(name);
                if (known == null) {
                    throw new ConfigException(file + ": " + where + ": there is no time interval '" + name + "'");
                }
                times.addAll(known);
            }
            return times;
        }
    }
}
