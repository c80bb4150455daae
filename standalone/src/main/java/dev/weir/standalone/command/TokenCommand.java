package dev.weir.standalone.command;

import dev.weir.alerting.auth.Role;
import dev.weir.alerting.auth.Tokens;
import dev.weir.model.codec.Json;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Creates tokens for the API. */
@Command(
        name = "token",
        description = "Create a token for the API. Prints the token, which is shown only once, and a line"
                + " with its hash for the file that alerting.http.tokens names.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TokenCommand implements Callable<Integer> {
    private static final Pattern PLAIN =
            Pattern.compile("(?i)(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][a-z0-9-]*");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            required = true,
            description = "Name of the token's holder, which the audit log and timelines name.")
    private String name;

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description = "Role of the holder: viewer, analyst or admin. Default: ${DEFAULT-VALUE}",
            defaultValue = "viewer")
    private Role role;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Namespace that the holder may see; may be repeated. Without it, all namespaces.")
    private List<String> namespaces = List.of();

    @Override
    public Integer call() {
        String token = Tokens.random();
        PrintWriter out = spec.commandLine().getOut();
        out.println("token  " + token);
        out.println("line   - {name: " + yaml(name) + ", sha256: " + Tokens.sha256(token) + ", role: " + role.id()
                + (namespaces.isEmpty()
                        ? ""
                        : ", namespaces: ["
                                + String.join(
                                        ", ",
                                        namespaces.stream()
                                                .map(TokenCommand::yaml)
                                                .toList()) + "]")
                + "}");
        return 0;
    }

    /** Quotes a text as JSON, which YAML reads: no character of it can end the string. */
    private static String yaml(String text) {
        return PLAIN.matcher(text).matches() ? text : new String(Json.write(text), StandardCharsets.UTF_8);
    }
}
