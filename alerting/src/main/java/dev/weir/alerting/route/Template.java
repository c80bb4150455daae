package dev.weir.alerting.route;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import dev.weir.alerting.message.Notification;
import dev.weir.model.codec.Json;
import java.util.Map;

/**
 * A text in Mustache with the fields of a notification, by their names in JSON. It cannot run code, and an absent field
 * is empty.
 */
public final class Template {
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

    private final com.samskivert.mustache.Template compiled;

    private Template(com.samskivert.mustache.Template compiled) {
        this.compiled = compiled;
    }

    /**
     * Compiles a template whose values are not escaped.
     *
     * @throws IllegalArgumentException with the mistake if it is no Mustache
     */
    public static Template plain(String text) {
        return of(text, value -> value);
    }

    /**
     * Compiles a template whose values are escaped as within a JSON string.
     *
     * @throws IllegalArgumentException with the mistake if it is no Mustache
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
     * Renders the fields of a notification.
     *
     * @throws IllegalArgumentException if the template uses anything but fields
     */
    public String render(Notification notification) {
        return render((Object) notification);
    }

    /**
     * Renders the fields of a JSON object.
     *
     * @throws IllegalArgumentException if the template uses anything but fields
     */
    public String render(JsonNode fields) {
        return render((Object) fields);
    }

    private String render(Object notification) {
        try {
            return compiled.execute(Json.MAPPER.convertValue(notification, FIELDS));
        } catch (MustacheException | UnsupportedOperationException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
