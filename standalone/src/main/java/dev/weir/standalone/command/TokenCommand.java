package dev.weir.standalone.command;

import dev.weir.alerting.auth.Role;
import dev.weir.alerting.auth.Tokens;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes tokens for the API. */
@Command(
        name = "token",
        description =
                "Make a token for the API. It is printed once; the line for alerting.http.tokens holds its hash only.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TokenCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "Whose it is, for the audit trail.")
    private String name;

    @Option(names = "--role", paramLabel = "ROLE", description = "viewer, analyst or admin.", defaultValue = "viewer")
    private Role role;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Of which its holder may know; may be repeated. All where it is absent.")
    private List<String> namespaces = List.of();

    @Override
    public Integer call() {
        String token = Tokens.random();
        PrintWriter out = spec.commandLine().getOut();
        out.println("token  " + token);
        out.println("line   - {name: " + name + ", sha256: " + Tokens.sha256(token) + ", role: " + role.word()
                + (namespaces.isEmpty() ? "" : ", namespaces: [" + String.join(", ", namespaces) + "]") + "}");
        return 0;
    }
}
