package dev.weir.policy.lint;

/** The lints. Their ids are stable. */
public enum Lint {
    INVALID("invalid", Finding.Level.ERROR, "The API server would refuse it"),
    ACCEPTED_BUT("accepted-but", Finding.Level.WARNING, "The API server accepts it, and nothing says what it means"),
    NAMED_PORT_TO_BLOCK(
            "named-port-to-block", Finding.Level.WARNING, "A named port towards addresses, which have no names"),
    SELECTS_NOTHING("selects-nothing", Finding.Level.WARNING, "A policy that selects no pod"),
    SHADOWED("shadowed", Finding.Level.WARNING, "A policy or rule that changes nothing, because another says it all"),
    PORT_NEVER_OPENED("port-never-opened", Finding.Level.WARNING, "A port on which no selected pod listens"),
    NO_DEFAULT_DENY(
            "no-default-deny", Finding.Level.WARNING, "A namespace that is open where no policy says otherwise"),
    ALLOWS_ALL("allows-all", Finding.Level.WARNING, "An empty rule, which allows everything"),
    NEVER_APPLIES("never-applies", Finding.Level.WARNING, "Rules for a direction that policyTypes leaves out"),
    EGRESS_WITHOUT_DNS("egress-without-dns", Finding.Level.WARNING, "Egress by name that cannot resolve names"),
    LABEL_USED_NOWHERE("label-used-nowhere", Finding.Level.WARNING, "A selector by a label that nothing has"),
    NOT_UNDERSTOOD("not-understood", Finding.Level.NOTE, "A policy of a dialect that is not compiled yet");

    private final String id;
    private final Finding.Level level;
    private final String title;

    Lint(String id, Finding.Level level, String title) {
        this.id = id;
        this.level = level;
        this.title = title;
    }

    public String id() {
        return id;
    }

    public Finding.Level level() {
        return level;
    }

    public String title() {
        return title;
    }
}
