package dev.weir.policy.dialect.istio;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/** The path of a request as the proxy compares it, and the templates that it is compared with. */
final class RequestPath {
    private RequestPath() {}

    /** The path without query and fragment, with {@code .}, {@code ..} and backslashes resolved. */
    static String normalized(String sent) {
        String path = sent.replaceAll("[?#].*", "").replace('\\', '/');
        if (!path.startsWith("/")) {
            return path;
        }
        Deque<String> segments = new ArrayDeque<>();
        String[] parts = path.substring(1).split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            boolean isLast = i == parts.length - 1;
            if (parts[i].equals("..")) {
                segments.pollLast();
            } else if (!parts[i].equals(".")) {
                segments.addLast(parts[i]);
                continue;
            }
            if (isLast) {
                segments.addLast("");
            }
        }
        return "/" + String.join("/", segments);
    }

    static boolean isTemplate(String pattern) {
        return pattern.contains("{*}") || pattern.contains("{**}");
    }

    /** True if a path matches a template: {@code {*}} is one segment that is not empty, {@code {**}} is anything. */
    static boolean matchesTemplate(String template, String path) {
        StringBuilder regex = new StringBuilder();
        for (String segment : template.split("/", -1)) {
            regex.append(regex.length() == 0 && segment.isEmpty() ? "" : "/");
            regex.append(segment.equals("{*}") ? "[^/]+" : segment.equals("{**}") ? ".*" : Pattern.quote(segment));
        }
        String pattern = regex.toString().replaceFirst("^" + Pattern.quote("\\Q\\E"), "");
        return Pattern.compile(pattern).matcher(path).matches();
    }
}
