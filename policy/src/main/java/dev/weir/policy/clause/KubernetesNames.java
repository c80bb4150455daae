package dev.weir.policy.clause;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tests names by the rules of Kubernetes' own validation (k8s.io/apimachinery, {@code util/validation}): names of
 * objects, label keys and values, and names of ports.
 */
public final class KubernetesNames {
    private static final String DNS_LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
    private static final Pattern LABEL = Pattern.compile(DNS_LABEL);
    private static final Pattern SUBDOMAIN = Pattern.compile(DNS_LABEL + "(?:\\." + DNS_LABEL + ")*");
    private static final Pattern QUALIFIED = Pattern.compile("[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern PORT = Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?");
    private static final Pattern LETTER = Pattern.compile("[a-z]");
    private static final int LONGEST_SUBDOMAIN = 253;
    private static final int LONGEST_LABEL = 63;

    private KubernetesNames() {}

    /** True if the text is a DNS subdomain by RFC 1123, as names of objects are. */
    public static boolean isSubdomain(String text) {
        return text.length() <= LONGEST_SUBDOMAIN && SUBDOMAIN.matcher(text).matches();
    }

    /** True if the text is a DNS label by RFC 1123, as names of namespaces are. */
    public static boolean isDnsLabel(String text) {
        return text.length() <= LONGEST_LABEL && LABEL.matcher(text).matches();
    }

    /** True if the text is a label key: a name, with or without a DNS subdomain and {@code /} before it. */
    public static boolean isLabelKey(String text) {
        int slash = text.indexOf('/');
        boolean prefix = slash < 0 || isSubdomain(text.substring(0, slash));
        return prefix && QUALIFIED.matcher(text.substring(slash + 1)).matches();
    }

    /** True if the text is the key of an annotation, which may have capital letters before the {@code /}. */
    public static boolean isAnnotationKey(String text) {
        return isLabelKey(text.toLowerCase(Locale.ROOT));
    }

    /** True if the text is the value of a label, which may be empty. */
    public static boolean isLabelValue(String text) {
        return text.isEmpty() || QUALIFIED.matcher(text).matches();
    }

    /** True if the text is the name of a container's port, by RFC 6335. */
    public static boolean isPortName(String text) {
        return PORT.matcher(text).matches() && LETTER.matcher(text).find() && !text.contains("--");
    }

    /** The description of a label key, for messages. */
    public static String labelKeyRule() {
        return "a name of at most 63 of A-Z, a-z, 0-9, -, _ and ., with or without a DNS name and / before it";
    }

    /** The description of a label value, for messages. */
    public static String labelValueRule() {
        return "at most 63 of A-Z, a-z, 0-9, -, _ and .";
    }

    /** The description of a port's name, for messages. */
    public static String portNameRule() {
        return "at most 15 of a-z, 0-9 and -, with a letter";
    }
}
