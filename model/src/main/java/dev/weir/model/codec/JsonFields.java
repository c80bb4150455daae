package dev.weir.model.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.weir.model.InvalidRecordException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks over the fields of a JSON object; errors name the field whose value is wrong. */
final class JsonFields {
    private static final int MAX_ELEMENTS = 1024;

    private final JsonParser parser;

    JsonFields(JsonParser parser) {
        this.parser = parser;
    }

    /** Steps into the object that the parser is about to read or stands on. */
    void enter(String what) throws IOException {
        JsonToken token = parser.currentToken() == null ? parser.nextToken() : parser.currentToken();
        if (token != JsonToken.START_OBJECT) {
            throw new InvalidRecordException(fieldOr(what), "must be an object, not " + found());
        }
    }

    /** Steps to the next field's value and returns its name; null at the end of the object. */
    @Nullable String next() throws IOException {
        if (parser.nextToken() != JsonToken.FIELD_NAME) {
            return null;
        }
        String name = parser.currentName();
        parser.nextToken();
        return name;
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    void skip() throws IOException {
        parser.skipChildren();
    }

    String text() throws IOException {
        expect(JsonToken.VALUE_STRING, "a string");
        return parser.getText();
    }

    String textOrNumber() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getText() : text();
    }

    long wholeNumber() throws IOException {
        expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new InvalidRecordException(fieldOr("value"), parser.getText() + " is too large");
        }
        return parser.getLongValue();
    }

    int smallNumber() throws IOException {
        long number = wholeNumber();
        if (number != (int) number) {
            throw new InvalidRecordException(fieldOr("value"), number + " is out of range");
        }
        return (int) number;
    }

    boolean bool() throws IOException {
        if (!parser.currentToken().isBoolean()) {
            throw new InvalidRecordException(fieldOr("value"), "must be true or false, not " + found());
        }
        return parser.getBooleanValue();
    }

    <E extends Enum<E>> E oneOf(Class<E> type) throws IOException {
        String word = text();
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(word)) {
                return constant;
            }
        }
        throw new InvalidRecordException(
                fieldOr("value"), "'" + word + "' is not one of " + Arrays.toString(type.getEnumConstants()));
    }

    List<String> texts() throws IOException {
        expect(JsonToken.START_ARRAY, "an array of strings");
        String field = fieldOr("value");
        List<String> texts = new ArrayList<>(4);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                throw new InvalidRecordException(field, "must hold strings, not " + found());
            }
            texts.add(parser.getText());
            requireFew(field, texts.size());
        }
        return texts;
    }

    Map<String, String> textMap() throws IOException {
        expect(JsonToken.START_OBJECT, "an object of strings");
        String field = fieldOr("value");
        Map<String, String> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw new InvalidRecordException(field + "." + key, "must be a string, not " + found());
            }
            map.put(key, parser.getText());
            requireFew(field, map.size());
        }
        return map;
    }

    private void expect(JsonToken token, String wanted) throws IOException {
        if (parser.currentToken() != token) {
            throw new InvalidRecordException(fieldOr("value"), "must be " + wanted + ", not " + found());
        }
    }

    private static void requireFew(String field, int size) {
        if (size > MAX_ELEMENTS) {
            throw new InvalidRecordException(field, "holds more than " + MAX_ELEMENTS + " elements");
        }
    }

    private String found() throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getText();
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> parser.getText();
            default -> token.toString();
        };
    }

    private String fieldOr(String what) throws IOException {
        String name = parser.currentName();
        return name == null ? what : name;
    }
}
