package dev.weir.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host and path of a request, without parts that may hold a secret: user information, query and fragment (RFC 3986,
 * section 3) are cut off, also when the {@code ?} or {@code #} before them was escaped by mistake, and so are the
 * parameters of a segment ({@code ;jsessionid=}). Every form of RFC 9112, section 3.2 is accepted: {@code /path?query},
 * {@code http://user@host/path?query}, {@code host:443} of CONNECT and {@code *}.
 */
record HttpTarget(@Nullable String host, @Nullable String path) {
    private static final Pattern ABSOLUTE = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]{0,31}://");

    private static final Pattern ESCAPED_END = Pattern.compile("%(?:3f|23)", Pattern.CASE_INSENSITIVE);
    private static final Pattern PARAMETERS = Pattern.compile("(?:;|%3b)[^/]*", Pattern.CASE_INSENSITIVE);

    static HttpTarget of(@Nullable String method, @Nullable String host, @Nullable String target) {
        String named = host == null ? null : authority(host);
        if (target == null) {
            return new HttpTarget(named, null);
        }
        Matcher absolute = ABSOLUTE.matcher(target);
        boolean isAbsolute = absolute.lookingAt();
        boolean isAuthority =
                "CONNECT".equals(method == null ? null : method.toUpperCase(Locale.ROOT)) && !target.startsWith("/");
        if (!isAbsolute && !isAuthority) {
            return new HttpTarget(named, path(target));
        }
        String rest = isAbsolute ? target.substring(absolute.end()) : target;
        String path = path(rest.substring(first(rest, "/?#")));
        return new HttpTarget(named == null ? authority(rest) : named, path != null ? path : isAuthority ? null : "/");
    }

    /** The host and port at the beginning of an authority; null when it holds none. */
    private static @Nullable String authority(String text) {
        String whole = beforeEscaped(text.substring(0, first(text, "/?#")));
        String host = whole.substring(whole.lastIndexOf('@') + 1);
        return host.isEmpty() ? null : host;
    }

    private static @Nullable String path(String text) {
        String whole = beforeEscaped(text.substring(0, first(text, "?#")));
        String path = PARAMETERS.matcher(whole).replaceAll("");
        // Text without a slash before it may be an authority that lost its scheme.
        String bare = path.startsWith("/") ? path : path.substring(path.lastIndexOf('@', first(path, "/")) + 1);
        return bare.isEmpty() ? null : bare;
    }

    private static String beforeEscaped(String text) {
        Matcher end = ESCAPED_END.matcher(text);
        return end.find() ? text.substring(0, end.start()) : text;
    }

    /** The position of the first of some characters; the length of the text when none occurs. */
    private static int first(String text, String characters) {
        for (int i = 0; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return text.length();
    }
}
