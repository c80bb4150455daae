package dev.weir.alerting.route;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.type.TypeReference;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import dev.weir.model.codec.Json;
import java.util.Map;

/**
 * A text in Mustache with the fields of a notification, by the names that its JSON has. There is no way to run anything from it, and
 * what is not there is empty.
 */
public final class Template {
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

    private final com.samskivert.mustache.Template compiled;

    private Template(com.samskivert.mustache.Template compiled) {
        this.compiled = compiled;
    }

    /**
     * One whose values stand in the text as they are.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static Template plain(String text) {
        return of(text, value -> value);
    }

    /**
     * One whose values are escaped as within a string of JSON.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static Template json(String text) {
        return of(text, value -> new String(JsonStringEncoder.getInstance().quoteAsString(value)));
    }

    private static Template of(String text, Mustache.Escaper escaper) {
        try {
            return new Template(Mustache.compiler()
                    .withEscaper(escaper)
                    .defaultValue("")
                    .emptyStringIsFalse(true)
                    .compile(text));
        } catch (MustacheException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * @throws IllegalArgumentException when it asks for something else than fields
     */
    public String render(Notification notification) {
        try {
            return compiled.execute(Json.MAPPER.convertValue(notification, FIELDS));
        } catch (MustacheException | UnsupportedOperationException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
