package dev.weir.policy.lint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.common.manifest.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** Writes remarks in SARIF 2.1.0, the OASIS format that code hosts show beside the lines. */
public final class Sarif {
    private Sarif() {}

    public static ObjectNode of(List<LintFinding> findings, String version) {
        ObjectNode log = JsonNodeFactory.instance.objectNode();
        log.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json").put("version", "2.1.0");
        ObjectNode run = log.putArray("runs").addObject();
        ObjectNode driver = run.putObject("tool").putObject("driver");
        driver.put("name", "weir policy check").put("version", version);
        ArrayNode rules = driver.putArray("rules");
        for (Lint lint : Lint.values()) {
            ObjectNode rule = rules.addObject().put("id", lint.id());
            rule.putObject("shortDescription").put("text", lint.title());
            rule.putObject("defaultConfiguration").put("level", lint.level().id());
        }
        ArrayNode results = run.putArray("results");
        for (LintFinding finding : findings) {
            Problem problem = finding.problem();
            ObjectNode result = results.addObject();
            result.put("ruleId", finding.lint().id())
                    .put("ruleIndex", finding.lint().ordinal());
            result.put("level", finding.level().id());
            result.putObject("message").put("text", message(problem));
            ObjectNode place = result.putArray("locations").addObject().putObject("physicalLocation");
            place.putObject("artifactLocation").put("uri", uri(problem.file()));
            if (problem.line() > 0) {
                place.putObject("region").put("startLine", problem.line());
            }
        }
        return log;
    }

    /** The message of a problem without file and line. */
    public static String message(Problem problem) {
        return new Problem("", 0, problem.object(), problem.field(), problem.reason())
                .message()
                .substring(2);
    }

    private static String uri(String file) {
        try {
            return new URI(null, null, file.replace('\\', '/'), null).toString();
        } catch (URISyntaxException e) {
            return file;
        }
    }
}
