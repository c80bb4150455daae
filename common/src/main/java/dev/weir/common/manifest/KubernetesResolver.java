package dev.weir.common.manifest;

import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Gives plain scalars the types that kubectl gives them: {@code y} and {@code n} are booleans, as YAML 1.1 has them
 * (https://yaml.org/type/bool.html), and {@code 8e1} is a number, as go-yaml has it. SnakeYAML leaves both as texts.
 */
final class KubernetesResolver extends Resolver {
    private static final int MAX_FLOAT = 64;

    @Override
    protected void addImplicitResolvers() {
        super.addImplicitResolvers();
        addImplicitResolver(Tag.BOOL, Pattern.compile("[yYnN]"), "yYnN", 1);
        addImplicitResolver(
                Tag.FLOAT,
                Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)[eE][-+]?[0-9]+"),
                "-+.0123456789",
                MAX_FLOAT);
    }
}
