package dev.weir.model.manifest;

import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Gives plain scalars the types that kubectl gives them: {@code y} and {@code n} are booleans, as YAML 1.1 has them
 * (https://yaml.org/type/bool.html), which SnakeYAML leaves as texts.
 */
final class KubernetesResolver extends Resolver {
    @Override
    protected void addImplicitResolvers() {
        super.addImplicitResolvers();
        addImplicitResolver(Tag.BOOL, Pattern.compile("[yYnN]"), "yYnN", 1);
    }
}
