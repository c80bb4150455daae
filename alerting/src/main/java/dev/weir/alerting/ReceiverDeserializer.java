package dev.weir.alerting;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Notifiers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads a receiver: its name, and a section for each kind of notifier that it has. */
final class ReceiverDeserializer extends JsonDeserializer<ReceiverConfig> {
    private static final String NAME = "name";
    private static final Map<String, NotifierType<?>> KINDS =
            Notifiers.TYPES.stream().collect(Collectors.toMap(NotifierType::kind, Function.identity()));

    @Override
    public ReceiverConfig deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (!parser.isExpectedStartObjectToken()) {
            throw MismatchedInputException.from(parser, ReceiverConfig.class, "no section");
        }
        String name = null;
        Map<NotifierType<?>, Record> settings = new LinkedHashMap<>();
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            NotifierType<?> kind = KINDS.get(key);
            if (kind == null && !key.equals(NAME)) {
                throw UnrecognizedPropertyException.from(parser, ReceiverConfig.class, key, known());
            }
            parser.nextToken();
            try {
                if (kind == null) {
                    name = context.readValue(parser, String.class);
                } else {
                    settings.put(kind, context.readValue(parser, kind.config()));
                }
            } catch (JsonMappingException e) {
                throw JsonMappingException.wrapWithPath(e, ReceiverConfig.class, key);
            }
        }
        return new ReceiverConfig(name, settings);
    }

    private static List<Object> known() {
        List<Object> known = new ArrayList<>(KINDS.keySet());
        known.add(NAME);
        return known;
    }
}
