package dev.weir.common;

import java.util.Locale;

/** Shortens texts and normalizes names. */
public final class Text {
    private static final String MARK = "…";

    private Text() {}

    /** Returns the text, or its beginning with an ellipsis at the end if it is longer than the limit. */
    public static String cut(String text, int longest) {
        return cut(text, longest, MARK);
    }

    /**
     * Returns the text, or its beginning with a mark at the end if it is longer than the limit.
     *
     * @param longest number of characters with the mark
     * @param mark empty for none
     */
    public static String cut(String text, int longest, String mark) {
        return text.length() <= longest ? text : text.substring(0, longest - mark.length()) + mark;
    }

    /**
     * Returns a name of DNS in the form in which names are compared: in lower case, without the dot of the root at its
     * end (RFC 1034, section 3.1).
     */
    public static String domain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
