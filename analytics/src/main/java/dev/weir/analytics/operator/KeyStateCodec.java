package dev.weir.analytics.operator;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.weir.analytics.detector.Detector;
import dev.weir.model.Activity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Encodes the {@link KeyState} of one scope as CBOR (RFC 8949): one array with the version of the form, the key's times
 * and number of slices, and the parts of its detectors, each a byte string with the detector's tag before it. A record
 * is an array of its components in their order, so a component that is appended to a record reads as null or 0 from an
 * older state; to change or remove one is a new version. For one thread.
 */
final class KeyStateCodec {
    static final int VERSION = 2;

    /** The form before keys counted their slices; its keys are taken for ones that were in use for long. */
    private static final int WITHOUT_SLICES = 1;

    private static final int MANY_SLICES = 1 << 10;

    private static final CBORMapper MAPPER = CBORMapper.builder(CBORFactory.builder()
                    .enable(CBORGenerator.Feature.WRITE_MINIMAL_DOUBLES)
                    .build())
            .annotationIntrospector(new RecordsAsArrays())
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .visibility(PropertyAccessor.GETTER, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final List<ObjectWriter> writers = new ArrayList<>();
    private final List<ObjectReader> readers = new ArrayList<>();
    private final int[] tags;
    private final Map<Integer, Integer> byTag = new HashMap<>();
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);

    KeyStateCodec(List<? extends Detector<?>> detectors) {
        tags = new int[detectors.size()];
        for (int i = 0; i < tags.length; i++) {
            Detector<?> detector = detectors.get(i);
            writers.add(MAPPER.writerFor(detector.stateType()));
            readers.add(MAPPER.readerFor(detector.stateType()));
            tags[i] = tag(detector.id());
            if (byTag.put(tags[i], i) != null) {
                throw new IllegalArgumentException(
                        "the id " + detector.id() + " has the same tag as that of another detector; choose another");
            }
        }
    }

    /** The number under which the part of a detector is stored: 16 bits of its id. */
    static int tag(String id) {
        int hash = id.hashCode();
        return (hash ^ hash >>> 16) & 0xffff;
    }

    /** The number of detectors. */
    int detectors() {
        return tags.length;
    }

    byte[] encodePart(int detector, Object state) {
        try {
            return writers.get(detector).writeValueAsBytes(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Object decodePart(int detector, byte[] part) {
        try {
            return readers.get(detector).readValue(part);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Notes the size of a state that is not stored yet. */
    void weigh(KeyState state) {
        int size = 0;
        for (int i = 0; i < tags.length; i++) {
            byte[] part = state.part(i);
            size += part == null ? 0 : part.length;
        }
        state.weigh(size);
    }

    /** Encodes a state and notes that it is stored. */
    byte[] encode(KeyState state) {
        buffer.reset();
        try (CBORGenerator out = MAPPER.getFactory().createGenerator(buffer)) {
            out.writeStartArray();
            out.writeNumber(VERSION);
            // Slices and timers are multiples of a slice, or one less.
            writeTime(
                    out,
                    state.lastSliceMs() == KeyState.NEVER ? KeyState.NEVER : state.lastSliceMs() / Activity.SLICE_MS);
            writeTime(out, state.timerMs());
            out.writeNumber(state.slices());
            for (int i = 0; i < tags.length; i++) {
                byte[] part = state.part(i);
                if (part != null) {
                    out.writeNumber(tags[i]);
                    writeTime(out, state.wakeMs(i));
                    out.writeBinary(part);
                }
            }
            for (KeyState.UnknownPart each : state.unknown()) {
                out.writeNumber(each.tag());
                out.writeNull();
                out.writeBinary(each.part());
            }
            out.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] bytes = buffer.toByteArray();
        state.setEncoded(bytes.length);
        return bytes;
    }

    /** Decodes a state, though not yet its parts. */
    KeyState decode(byte[] bytes) {
        try (JsonParser in = MAPPER.getFactory().createParser(bytes)) {
            List<KeyState.UnknownPart> unknown = new ArrayList<>(0);
            KeyState state = new KeyState(this, unknown);
            Use use = readUse(in);
            state.setLastSlice(use.lastSliceMs(), use.slices());
            state.setTimer(use.timerMs());
            for (int tag = in.nextIntValue(-1); tag >= 0; tag = in.nextIntValue(-1)) {
                long wakeMs = readTime(in);
                in.nextToken();
                byte[] part = in.getBinaryValue();
                Integer detector = byTag.get(tag);
                if (detector == null) {
                    unknown.add(new KeyState.UnknownPart(tag, part));
                } else {
                    state.setWake(detector, wakeMs);
                    state.setPart(detector, part);
                }
            }
            state.setEncoded(bytes.length);
            return state;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The use of a key, as its state says before its parts. */
    record Use(long lastSliceMs, long timerMs, int slices) {
        /**
         * Sorts keys by the order in which they make room: those of the fewest slices, then those unused for longest.
         */
        static final Comparator<Use> LEAST = Comparator.comparingInt(
                        (Use use) -> Integer.numberOfLeadingZeros(use.slices))
                .reversed()
                .thenComparingLong(Use::lastSliceMs);
    }

    /** Decodes the use of a key alone. */
    static Use use(byte[] bytes) {
        try (JsonParser in = MAPPER.getFactory().createParser(bytes)) {
            return readUse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Use readUse(JsonParser in) throws IOException {
        in.nextToken();
        int version = in.nextIntValue(-1);
        if (version != VERSION && version != WITHOUT_SLICES) {
            throw new IOException("the state of a key has the form " + version + ", and this Weir reads " + VERSION);
        }
        long lastSlice = readTime(in);
        return new Use(
                lastSlice == KeyState.NEVER ? KeyState.NEVER : lastSlice * Activity.SLICE_MS,
                readTime(in),
                version == WITHOUT_SLICES ? MANY_SLICES : in.nextIntValue(0));
    }

    private static void writeTime(CBORGenerator out, long time) throws IOException {
        if (time == KeyState.NEVER) {
            out.writeNull();
        } else {
            out.writeNumber(time);
        }
    }

    private static long readTime(JsonParser in) throws IOException {
        return in.nextLongValue(KeyState.NEVER);
    }

    /** Lets a record be an array of its components. */
    private static final class RecordsAsArrays extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;
        private static final JsonFormat.Value ARRAY = JsonFormat.Value.forShape(JsonFormat.Shape.ARRAY);

        @Override
        public JsonFormat.Value findFormat(Annotated annotated) {
            return annotated instanceof AnnotatedClass type && type.getRawType().isRecord()
                    ? ARRAY
                    : super.findFormat(annotated);
        }
    }
}
