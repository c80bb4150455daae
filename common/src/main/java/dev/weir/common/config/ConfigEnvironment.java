package dev.weir.common.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies environment variables to a configuration. The items of a list are separated by commas. A map is given as a
 * whole, as {@code key=value} separated by commas or line breaks, or with a variable for each key: {@code
 * WEIR_KAFKA_PROPERTIES_SECURITY_PROTOCOL} sets {@code security.protocol} in the map {@code kafka.properties}.
 */
final class ConfigEnvironment {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigEnvironment.class);

    /** Variables of the launcher, which are no configuration keys. */
    private static final Set<String> LAUNCHER =
            Set.of("WEIR_HOME", "WEIR_JAVA_OPTS", "WEIR_URL", "WEIR_TOKEN_FILE", "WEIR_CA_FILE");

    private static final String PREFIX = "WEIR_";
    private static final int MAX_NAMED = 5;
    /** The separator before a further {@code key=}; a comma within a value is part of the value. */
    private static final Pattern BETWEEN_ENTRIES = Pattern.compile("[,\\r\\n]+\\s*(?=[A-Za-z][A-Za-z0-9._-]*=)");

    private final ConfigSchema schema;
    private final Map<String, String> pathByVariable;
    /** Names of maps, longest first, since one name may begin with another. */
    private final List<String> maps;

    private final Map<String, String> variableByPath = new HashMap<>();

    ConfigEnvironment(ConfigSchema schema) {
        this.schema = schema;
        this.pathByVariable =
                schema.leaves().stream().collect(Collectors.toMap(ConfigEnvironment::variable, path -> path));
        this.maps = schema.leaves().stream()
                .filter(schema::isMap)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** The name of the variable for a key. */
    static String variable(String path) {
        return PREFIX + path.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** The variables that have set a key, by the key's path. */
    Map<String, String> variableByPath() {
        return variableByPath;
    }

    /**
     * Applies all variables.
     *
     * @param mistakes receives a message for each variable that belongs to no key
     */
    void apply(ObjectNode root, Map<String, String> environment, List<String> mistakes) {
        List<String> ofServices = new ArrayList<>();
        new TreeMap<>(environment).forEach((variable, value) -> {
            if (!variable.startsWith(PREFIX) || LAUNCHER.contains(variable)) {
                return;
            }
            String path = pathByVariable.get(variable);
            if (ServiceVariables.isOne(variable, value, path != null)) {
                ofServices.add(variable);
            } else if (path != null) {
                variableByPath.put(path, variable);
                set(root, path, value);
            } else if (!setEntry(root, variable, value)) {
                mistakes.add("environment: unknown variable '" + variable + "'"
                        + ConfigLoader.suggestion(variable, pathByVariable.keySet()));
            }
        });
        if (!ofServices.isEmpty()) {
            String more = ofServices.size() > MAX_NAMED ? ", ..." : "";
            LOG.info(
                    "{} variables of the environment are passed over, since they have the form that Kubernetes gives to those of Services: {}",
                    ofServices.size(),
                    String.join(", ", ofServices.subList(0, Math.min(MAX_NAMED, ofServices.size()))) + more);
        }
    }

    private boolean setEntry(ObjectNode root, String variable, String value) {
        for (String path : maps) {
            String prefix = variable(path) + "_";
            if (variable.startsWith(prefix) && variable.length() > prefix.length()) {
                String key = variable.substring(prefix.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.');
                section(root, path).put(key, value);
                return true;
            }
        }
        return false;
    }

    private void set(ObjectNode root, String path, String value) {
        ObjectNode parent = path.contains(".") ? section(root, path.substring(0, path.lastIndexOf('.'))) : root;
        String last = path.substring(path.lastIndexOf('.') + 1);
        if (schema.isList(path)) {
            ArrayNode array = parent.putArray(last);
            for (String element : value.split(",")) {
                array.add(element.trim());
            }
        } else if (schema.isMap(path) && value.contains("=")) {
            ObjectNode map = parent.putObject(last);
            for (String entry : BETWEEN_ENTRIES.split(value.strip())) {
                int equals = entry.indexOf('=');
                map.put(
                        entry.substring(0, equals).strip(),
                        entry.substring(equals + 1).strip());
            }
        } else {
            parent.put(last, value);
        }
    }

    private static ObjectNode section(ObjectNode root, String path) {
        ObjectNode at = root;
        for (String step : path.split("\\.")) {
            at = at.get(step) instanceof ObjectNode next ? next : at.putObject(step);
        }
        return at;
    }
}
