package dev.weir.policy.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.model.PolicyRef;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A change of policies.
 *
 * @param policy a policy to add, or for an addition one with the same effect on the end in question
 * @param addition an addition to a policy that there is, which stands for the policy; null for none
 * @param remark a sentence about the effects of the change beyond the wanted one; empty for none
 */
public record PolicyChange(ObjectNode policy, @Nullable Addition addition, String remark) {

    /**
     * An addition to a policy.
     *
     * @param path the place as a JSON pointer
     */
    public record Addition(PolicyRef to, String path, JsonNode value) {
        private String command() {
            return "kubectl patch " + to.kind().toLowerCase(Locale.ROOT) + " " + to.name()
                    + (to.namespace() == null ? "" : " -n " + to.namespace()) + " --type json --patch-file FILE";
        }

        private ArrayNode operations() {
            ArrayNode operations = JsonNodeFactory.instance.arrayNode();
            operations.addObject().put("op", "add").put("path", path).set("value", value);
            return operations;
        }
    }

    /** Creates a change that adds a policy. */
    public static PolicyChange of(ObjectNode policy, String remark) {
        return new PolicyChange(policy, null, remark);
    }

    /** The change in YAML, with a comment that says how to apply it. */
    public String text() {
        String command = addition == null ? "kubectl apply -f FILE" : addition.command();
        JsonNode applied = addition == null ? policy : addition.operations();
        return YamlText.comment(command + (remark.isEmpty() ? "" : "\n" + remark)) + YamlText.of(applied);
    }
}
