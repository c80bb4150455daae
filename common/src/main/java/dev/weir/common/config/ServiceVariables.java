package dev.weir.common.config;

import java.util.regex.Pattern;

/**
 * Recognizes the variables that Kubernetes sets in every pod for the Services of its namespace: a Service called {@code
 * weir-alerting} sets {@code WEIR_ALERTING_PORT=tcp://10.96.0.7:8080}, which is no configuration. Source: Kubernetes,
 * "Service", section "Environment variables", and the container links of Docker whose form they follow.
 */
final class ServiceVariables {
    private static final Pattern NAME = Pattern.compile("WEIR_(?:[A-Z0-9_]+_)?"
            + "(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)");
    private static final Pattern ADDRESS = Pattern.compile("(?i)(?:tcp|udp|sctp)://.*");

    private ServiceVariables() {}

    /**
     * Returns true if the variable belongs to a Service.
     *
     * @param key true if a configuration key has this variable; its value then decides, since a port is never an
     *     address
     */
    static boolean isOne(String name, String value, boolean key) {
        boolean address = ADDRESS.matcher(value.strip()).matches();
        return address && name.endsWith("_PORT")
                || (address || !key) && NAME.matcher(name).matches();
    }
}
