package dev.weir.policy.recommend;

/** The dialects in which policies are recommended, by their names on the command line. */
public enum RecommendedDialect {
    kubernetes(new KubernetesLanguage()),
    cilium(new CiliumLanguage()),
    calico(new CalicoLanguage());

    private final PolicyLanguage language;

    RecommendedDialect(PolicyLanguage language) {
        this.language = language;
    }

    PolicyLanguage language() {
        return language;
    }
}
