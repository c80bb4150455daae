package dev.weir.policy.dialect.admin;

import dev.weir.common.Text;
import dev.weir.model.Direction;
import dev.weir.model.PolicyRef;
import dev.weir.policy.Action;
import dev.weir.policy.Holds;
import dev.weir.policy.PeerClause;
import dev.weir.policy.PortClause;
import dev.weir.policy.Rule;
import dev.weir.policy.clause.BlockClause;
import dev.weir.policy.clause.DomainClause;
import dev.weir.policy.clause.Fields;
import dev.weir.policy.clause.LabelSelector;
import dev.weir.policy.clause.NodeClause;
import dev.weir.policy.clause.PodClause;
import dev.weir.policy.clause.UnknownPeers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Parses subject and rules, which the kinds share except for these parts.
 *
 * @param actions the words of the kind for its actions
 * @param domains true if egress may name domains
 * @param failsClosed true if a rule with an unknown sort of peers stays in force: one that accepts matches nothing, any
 *     other denies everything
 */
record AdminRules(AdminPorts ports, Map<String, Action> actions, boolean domains, boolean failsClosed) {
    private static final Pattern DOMAIN =
            Pattern.compile("(\\*\\.)?([a-z0-9_]([-a-z0-9_]*[a-z0-9])?\\.)+[a-z0-9_]([-a-z0-9_]*[a-z0-9])?");
    private static final int MAX_NAME = 100;
    private static final int MAX_NETWORKS = 25;

    PodClause subject(Fields subject) {
        subject.allowOnly("namespaces", "pods");
        one(subject, "namespaces", "pods");
        return pods(subject);
    }

    Set<Direction> directions(Fields spec) {
        Set<Direction> directions = EnumSet.noneOf(Direction.class);
        for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
            if (!spec.child(direction.id()).elements().isEmpty()) {
                directions.add(direction);
            }
        }
        return directions;
    }

    Map<Direction, List<Rule>> parse(PolicyRef ref, Fields spec) {
        Map<Direction, List<Rule>> rules = new EnumMap<>(Direction.class);
        for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
            List<Rule> ofDirection = new ArrayList<>();
            for (Fields rule : spec.child(direction.id()).elements(ports.most())) {
                ofDirection.add(rule(ref, rule, direction, ofDirection.size()));
            }
            rules.put(direction, List.copyOf(ofDirection));
        }
        return rules;
    }

    private Rule rule(PolicyRef ref, Fields rule, Direction direction, int index) {
        String peersField = direction == Direction.INGRESS ? "from" : "to";
        rule.allowOnly("name", "action", peersField, ports.field());
        Fields nameField = rule.child("name");
        String name = nameField.absent() ? null : nameField.text();
        if (name != null && name.length() > MAX_NAME) {
            throw nameField.invalid("has " + name.length() + " characters, more than " + MAX_NAME);
        }
        Action action = action(rule.child("action"));
        Fields entries = rule.child(peersField);
        if (entries.elements().isEmpty()) {
            throw entries.invalid("must name at least one peer");
        }
        List<PeerClause> peers = new ArrayList<>();
        boolean unknown = false;
        for (Fields entry : entries.elements(ports.most())) {
            List<PeerClause> clauses = peer(entry, direction, action);
            unknown |= clauses.stream().anyMatch(UnknownPeers.class::isInstance);
            peers.addAll(clauses);
        }
        List<PortClause> portClauses = ports.parse(rule.child(ports.field()), entries);
        if (unknown && action != Action.ALLOW) {
            return Rule.of(ref, direction, index, name, Action.DENY, peers, List.of());
        }
        if (unknown) {
            // The known peers must not count: the rule as a whole accepts nothing.
            peers.removeIf(peer -> !(peer instanceof UnknownPeers));
        }
        return Rule.of(ref, direction, index, name, action, peers, portClauses);
    }

    private Action action(Fields field) {
        Action action = actions.get(field.text());
        if (action == null) {
            throw field.invalid("'" + field.text() + "' is not "
                    + String.join(" or ", actions.keySet().stream().sorted().toList()));
        }
        return action;
    }

    private List<PeerClause> peer(Fields entry, Direction direction, Action action) {
        List<String> present = entry.present();
        boolean egress = direction == Direction.EGRESS;
        Set<String> known = egress
                ? domains
                        ? Set.of("namespaces", "pods", "nodes", "networks", "domainNames")
                        : Set.of("namespaces", "pods", "nodes", "networks")
                : Set.of("namespaces", "pods");
        if (present.size() != 1) {
            throw entry.invalid("must have exactly one of "
                    + String.join(", ", known.stream().sorted().toList()));
        }
        String field = present.get(0);
        if (!known.contains(field)) {
            if (!failsClosed) {
                throw entry.child(field).invalid("is not a field that is known here");
            }
            return List.of(
                    new UnknownPeers(field, entry.child(field).path(), action == Action.ALLOW ? Holds.NO : Holds.YES));
        }
        return switch (field) {
            case "nodes" -> List.of(new NodeClause(LabelSelector.parse(entry.child(field))));
            case "networks" -> networks(entry.child(field));
            case "domainNames" -> domainNames(entry.child(field), action);
            default -> List.of(pods(entry));
        };
    }

    private static List<PeerClause> networks(Fields networks) {
        List<PeerClause> clauses = new ArrayList<>();
        for (Fields network : networks.elements(MAX_NETWORKS)) {
            BlockClause clause = new BlockClause(network.block(), List.of());
            if (clauses.contains(clause)) {
                throw network.invalid("'" + network.text() + "' stands twice");
            }
            clauses.add(clause);
        }
        if (clauses.isEmpty()) {
            throw networks.invalid("must name at least one CIDR");
        }
        return clauses;
    }

    /** A clause for a name, or for all names below one if the pattern begins with {@code *.}. */
    private static DomainClause domain(String pattern) {
        return pattern.startsWith("*.")
                ? new DomainClause(pattern, Pattern.compile(".+" + Pattern.quote(pattern.substring(1))))
                : DomainClause.ofName(pattern);
    }

    private static List<PeerClause> domainNames(Fields names, Action action) {
        if (action != Action.ALLOW) {
            throw names.invalid("can stand only in a rule that allows");
        }
        List<PeerClause> clauses = new ArrayList<>();
        for (Fields name : names.elements(MAX_NETWORKS)) {
            String pattern = Text.domain(name.text());
            if (!DOMAIN.matcher(pattern).matches()) {
                throw name.invalid("'" + name.text() + "' is not a domain name such as example.com or *.example.com");
            }
            clauses.add(domain(pattern));
        }
        if (clauses.isEmpty()) {
            throw names.invalid("must name at least one domain");
        }
        return clauses;
    }

    private static PodClause pods(Fields entry) {
        Fields namespaces = entry.child("namespaces");
        if (!namespaces.absent()) {
            return new PodClause(null, LabelSelector.parse(namespaces), null);
        }
        Fields pods = entry.child("pods").allowOnly("namespaceSelector", "podSelector");
        return new PodClause(null, selector(pods.child("namespaceSelector")), selector(pods.child("podSelector")));
    }

    private static LabelSelector selector(Fields field) {
        return field.absent() ? LabelSelector.ALL : LabelSelector.parse(field);
    }

    private static void one(Fields entry, String... names) {
        if (entry.present().size() != 1) {
            throw entry.invalid("must have exactly one of " + String.join(", ", names));
        }
    }
}
