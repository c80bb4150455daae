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
 * Decides by a set of policies and caches. Peers that no rule distinguishes share one <em>subject</em>, for which the
 * policies that select it are found once; a decision is cached per pair of subjects, protocol and port, and once more
 * for the very same traffic, which is then answered by one look-up. All caches are bounded. For any number of threads.
 */
public final class Decider {
    private static final int MAX_PEERS = 100_000;
    private static final int MAX_DECISIONS = 200_000;
    /** The number of last answers, a power of two. */
    private static final int ANSWERS = 1 << 16;

    private final PolicySet policies;
    private final List<PeerClause.AddressTest> addressTests;
    private final Memory memory;

    public Decider(PolicySet policies) {
        this(policies, List.copyOf(policies.addressTests()), new Memory());
    }

    private Decider(PolicySet policies, List<PeerClause.AddressTest> addressTests, Memory memory) {
        this.policies = policies;
        this.addressTests = addressTests;
        this.memory = memory;
    }

    /**
     * Returns a decider by other policies, which keeps all cached decisions that the difference does not touch. Both
     * share one cache.
     */
    public Decider with(PolicySet changed) {
        if (!changed.addressTests().equals(Set.copyOf(addressTests))) {
            return new Decider(changed);
        }
        return new Decider(changed.sharingWith(policies), addressTests, memory);
    }

    public PolicySet policies() {
        return policies;
    }

    /** Decides as {@link PolicySet#decide} does. */
    public Decision decide(Traffic traffic) {
        int place = Identity.mixed(traffic.hashCode()) & ANSWERS - 1;
        Answer same = memory.answers[place];
        if (same != null && same.traffic.equals(traffic) && same.holdsIn(policies)) {
            return same.decision;
        }
        Subject from = subject(traffic.source());
        Subject to = subject(traffic.destination());
        Decision decision = traffic.toItself()
                ? Decision.ITSELF
                : traffic.withOwnHost()
                        ? policies.decide(from.egress, to.ingress, to.mesh, traffic)
                        : decide(from, to, traffic);
        memory.answers[place] = new Answer(traffic, decision, from, to, policies);
        return decision;
    }

    private Decision decide(Subject from, Subject to, Traffic traffic) {
        Integer port = traffic.port();
        Question question =
                new Question(from, to, traffic.protocol(), port == null ? -1 : port, traffic.l7(), traffic.mesh());
        return memory.decisions.get(question, asked -> policies.decide(from.egress, to.ingress, to.mesh, traffic));
    }

    private Subject subject(Peer peer) {
        Subject known = memory.byPeer.getIfPresent(peer);
        if (known != null && known.holdsIn(policies)) {
            return known;
        }
        Peer.Pod pod = peer.pod();
        List<Holds> tests = new ArrayList<>(addressTests.size());
        addressTests.forEach(test -> tests.add(test.test(peer)));
        Traits traits = new Traits(
                pod == null ? null : pod.identity(),
                peer.node(),
                peer.runsOn() != null,
                tests,
                policies.hasMesh() ? peer : null);
        Subject subject = memory.byTraits.getIfPresent(traits);
        if (subject == null || !subject.holdsIn(policies)) {
            subject = new Subject(policies, peer);
            memory.byTraits.put(traits, subject);
        }
        memory.byPeer.put(peer, subject);
        return subject;
    }

    /** The caches of all sets of policies that make the same tests of addresses. */
    private static final class Memory {
        private final Cache<Peer, Subject> byPeer = cache(MAX_PEERS);
        private final Cache<Traits, Subject> byTraits = cache(MAX_PEERS);
        private final Cache<Question, Decision> decisions = cache(MAX_DECISIONS);
        /**
         * The last answer for each hash. A plain array, because a cache that counts its reads costs three times as much
         * here; threads may at worst decide again.
         */
        private final @Nullable Answer[] answers = new Answer[ANSWERS];

        private static <K, V> Cache<K, V> cache(int size) {
            return Caffeine.newBuilder().maximumSize(size).build();
        }
    }

    private static final class Answer {
        private final Traffic traffic;
        private final Decision decision;
        private final Subject from;
        private final Subject to;
        /**
         * The set in which the answer was last found valid. It need not be volatile: a thread that reads an old value
         * only checks more closely.
         */
        private PolicySet lastHeldIn;

        Answer(Traffic traffic, Decision decision, Subject from, Subject to, PolicySet policies) {
            this.traffic = traffic;
            this.decision = decision;
            this.from = from;
            this.to = to;
            this.lastHeldIn = policies;
        }

        @SuppressWarnings("ReferenceEquality") // a set is one object for as long as it is asked
        boolean holdsIn(PolicySet policies) {
            if (lastHeldIn == policies) {
                return true;
            }
            boolean holds = from.holdsIn(policies) && to.holdsIn(policies);
            if (holds) {
                lastHeldIn = policies;
            }
            return holds;
        }
    }

    /**
     * The properties by which rules can distinguish peers.
     *
     * @param itself the peer under policies of a mesh, which may distinguish any two; null under others
     */
    private record Traits(
            @Nullable Identity identity,
            Peer.@Nullable Node node,
            boolean isNodeKnown,
            List<Holds> tests,
            @Nullable Peer itself) {}

    /** Peers of the same traits, with the policies that select them; compared by identity. */
    private static final class Subject {
        private final Selected egress;
        private final Selected ingress;
        private final Selected mesh;
        private final @Nullable String namespace;
        private final boolean isSelectable;
        private final List<Policy> ofNamespace;
        private final List<Policy> ofCluster;
        private PolicySet lastHeldIn;

        Subject(PolicySet policies, Peer peer) {
            Peer.Pod pod = peer.selectable();
            this.egress = policies.selecting(peer, Direction.EGRESS);
            this.ingress = policies.selecting(peer, Direction.INGRESS);
            this.mesh = policies.ofMesh(peer);
            this.namespace = pod == null ? null : pod.namespace();
            this.isSelectable = pod != null || peer.node() != null;
            this.ofNamespace = namespace == null ? List.of() : policies.inNamespace(namespace);
            this.ofCluster = policies.ofCluster();
            this.lastHeldIn = policies;
        }

        /** True if the set holds the very policies from which this subject was made. */
        @SuppressWarnings("ReferenceEquality") // sets that share lists share them as objects
        boolean holdsIn(PolicySet policies) {
            if (lastHeldIn == policies || !isSelectable) {
                return true;
            }
            boolean holds = ofCluster == policies.ofCluster()
                    && (namespace == null || ofNamespace == policies.inNamespace(namespace));
            if (holds) {
                lastHeldIn = policies;
            }
            return holds;
        }
    }

    private static final class Question {
        private final Subject from;
        private final Subject to;
        private final String protocol;
        private final int port;
        private final @Nullable L7 l7;
        private final @Nullable MeshTraffic mesh;

        Question(Subject from, Subject to, String protocol, int port, @Nullable L7 l7, @Nullable MeshTraffic mesh) {
            this.from = from;
            this.to = to;
            this.protocol = protocol;
            this.port = port;
            this.l7 = l7;
            this.mesh = mesh;
        }

        @Override
        public int hashCode() {
            int hash = System.identityHashCode(from) * 31 + System.identityHashCode(to);
            return ((hash * 31 + port) * 31 + protocol.hashCode()) * 31 + Objects.hashCode(l7) + Objects.hashCode(mesh);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Question that
                    && from == that.from
                    && to == that.to
                    && port == that.port
                    && protocol.equals(that.protocol)
                    && Objects.equals(l7, that.l7)
                    && Objects.equals(mesh, that.mesh);
        }
    }
}
