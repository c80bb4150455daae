package dev.weir.policy.lint;

/** The lints. Their ids are stable. */
public enum Lint {
    INVALID("invalid", LintFinding.Level.ERROR, "The API server would refuse it"),
    ACCEPTED_BUT(
            "accepted-but", LintFinding.Level.WARNING, "The API server accepts it, and nothing says what it means"),
    NAMED_PORT_TO_BLOCK(
            "named-port-to-block", LintFinding.Level.WARNING, "A named port towards addresses, which have no names"),
    SELECTS_NOTHING("selects-nothing", LintFinding.Level.WARNING, "A policy that selects no pod and no node"),
    SHADOWED(
            "shadowed",
            LintFinding.Level.WARNING,
            "A policy or rule that changes nothing, because another says it all"),
    PORT_NEVER_OPENED("port-never-opened", LintFinding.Level.WARNING, "A port on which no selected pod listens"),
    NO_DEFAULT_DENY(
            "no-default-deny", LintFinding.Level.WARNING, "A namespace that is open where no policy says otherwise"),
    ALLOWS_ALL("allows-all", LintFinding.Level.WARNING, "An empty rule, which allows everything"),
    NEVER_APPLIES("never-applies", LintFinding.Level.WARNING, "Rules for a direction that policyTypes leaves out"),
    EGRESS_WITHOUT_DNS("egress-without-dns", LintFinding.Level.WARNING, "Egress by name that cannot resolve names"),
    LABEL_USED_NOWHERE("label-used-nowhere", LintFinding.Level.WARNING, "A selector by a label that nothing has"),
    MATCHES_NOTHING("matches-nothing", LintFinding.Level.WARNING, "An entry or a list that matches nothing, in Cilium"),
    LOSES_REQUESTS(
            "loses-requests",
            LintFinding.Level.WARNING,
            "A rule of Istio that denies all where the proxy sees no requests"),
    NEVER_REACHED("never-reached", LintFinding.Level.WARNING, "A policy behind a tier that decides about all traffic"),
    NOT_ENFORCED("not-enforced", LintFinding.Level.WARNING, "A policy that no agent of the cluster enforces"),
    NOT_UNDERSTOOD(
            "not-understood",
            LintFinding.Level.NOTE,
            "A policy with an unknown effect, since its dialect is not evaluated in whole or in part");

    private final String id;
    private final LintFinding.Level level;
    private final String title;

    Lint(String id, LintFinding.Level level, String title) {
        this.id = id;
        this.level = level;
        this.title = title;
    }

    public String id() {
        return id;
    }

    public LintFinding.Level level() {
        return level;
    }

    public String title() {
        return title;
    }
}
