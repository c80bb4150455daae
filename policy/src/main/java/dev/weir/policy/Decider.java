package dev.weir.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weir.model.Direction;
import dev.weir.model.L7;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a set of policies and remembers. Peers that no rule can tell apart share one <em>subject</em>, for which the
 * policies that select it are found once; a decision is remembered per pair of subjects, protocol and port, and once
 * more for the very same traffic, which is then answered by one lookup. Everything that is remembered is bounded. For
 * any number of threads.
 */
public final class Decider {
    private static final int MAX_PEERS = 100_000;
    private static final int MAX_DECISIONS = 200_000;

    private final PolicySet policies;
    private final List<PeerClause.AddressTest> addressTests;
    private final Cache<Peer, Subject> byPeer;
    private final Cache<Traits, Subject> byTraits;
    private final Cache<Question, Decision> decisions;
    private final Cache<Traffic, Decision> byTraffic = cache(MAX_DECISIONS);

    public Decider(PolicySet policies) {
        this(policies, List.copyOf(policies.addressTests()), cache(MAX_PEERS), cache(MAX_PEERS), cache(MAX_DECISIONS));
    }

    private Decider(
            PolicySet policies,
            List<PeerClause.AddressTest> addressTests,
            Cache<Peer, Subject> byPeer,
            Cache<Traits, Subject> byTraits,
            Cache<Question, Decision> decisions) {
        this.policies = policies;
        this.addressTests = addressTests;
        this.byPeer = byPeer;
        this.byTraits = byTraits;
        this.decisions = decisions;
    }

    /** A decider by other policies, which knows already whatever their difference to these does not touch. */
    public Decider with(PolicySet changed) {
        if (!changed.addressTests().equals(Set.copyOf(addressTests))) {
            return new Decider(changed);
        }
        Cache<Peer, Subject> peers = cache(MAX_PEERS);
        Cache<Traits, Subject> traits = cache(MAX_PEERS);
        byPeer.asMap().forEach((peer, subject) -> {
            Peer.Pod pod = peer.selectable();
            if (pod == null || changed.alikeIn(pod.namespace(), policies)) {
                peers.put(peer, subject);
            }
        });
        byTraits.asMap().forEach((trait, subject) -> {
            Identity pod = trait.identity();
            if (pod == null || changed.alikeIn(pod.namespace(), policies)) {
                traits.put(trait, subject);
            }
        });
        // Subjects are compared by being the same object, so what was decided for one that is gone is never asked for.
        return new Decider(changed, addressTests, peers, traits, decisions);
    }

    public PolicySet policies() {
        return policies;
    }

    /** As {@link PolicySet#decide}. */
    public Decision decide(Traffic traffic) {
        Decision same = byTraffic.getIfPresent(traffic);
        if (same != null) {
            return same;
        }
        Decision decision = traffic.toItself() ? Decision.ITSELF : bySubjects(traffic);
        byTraffic.put(traffic, decision);
        return decision;
    }

    private Decision bySubjects(Traffic traffic) {
        Subject from = subject(traffic.source());
        Subject to = subject(traffic.destination());
        Integer port = traffic.port();
        Question question = new Question(from, to, traffic.protocol(), port == null ? -1 : port, traffic.l7());
        return decisions.get(
                question,
                asked ->
                        new Decision(from.egress().decide(traffic), to.ingress().decide(traffic)));
    }

    private Subject subject(Peer peer) {
        Subject known = byPeer.getIfPresent(peer);
        if (known != null) {
            return known;
        }
        Peer.Pod pod = peer.pod();
        List<Holds> tests = new ArrayList<>(addressTests.size());
        addressTests.forEach(test -> tests.add(test.test(peer)));
        Traits traits = new Traits(pod == null ? null : pod.identity(), peer.node(), tests);
        Subject subject = byTraits.get(
                traits,
                key -> new Subject(
                        policies.selecting(peer, Direction.EGRESS), policies.selecting(peer, Direction.INGRESS)));
        byPeer.put(peer, subject);
        return subject;
    }

    private static <K, V> Cache<K, V> cache(int size) {
        return Caffeine.newBuilder().maximumSize(size).build();
    }

    /** What rules can tell peers apart by. */
    private record Traits(@Nullable Identity identity, Peer.@Nullable Node node, List<Holds> tests) {}

    /** Peers of the same traits; compared by being the same object. */
    private static final class Subject {
        private final Selected egress;
        private final Selected ingress;

        Subject(Selected egress, Selected ingress) {
            this.egress = egress;
            this.ingress = ingress;
        }

        Selected egress() {
            return egress;
        }

        Selected ingress() {
            return ingress;
        }
    }

    private static final class Question {
        private final Subject from;
        private final Subject to;
        private final String protocol;
        private final int port;
        private final @Nullable L7 l7;

        Question(Subject from, Subject to, String protocol, int port, @Nullable L7 l7) {
            this.from = from;
            this.to = to;
            this.protocol = protocol;
            this.port = port;
            this.l7 = l7;
        }

        @Override
        public int hashCode() {
            int hash = System.identityHashCode(from) * 31 + System.identityHashCode(to);
            return (hash * 31 + port) * 31 + protocol.hashCode() + (l7 == null ? 0 : l7.hashCode());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Question that
                    && from == that.from
                    && to == that.to
                    && port == that.port
                    && protocol.equals(that.protocol)
                    && Objects.equals(l7, that.l7);
        }
    }
}
