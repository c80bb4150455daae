package dev.weir.analytics.job;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceEnumerator;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceReader;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A bounded source that draws from an iterator of the same JVM, one record at a time, for runs on a mini cluster. Such
 * runs have no checkpoints, so the split keeps no position.
 */
final class InProcessSource<T> implements Source<T, InProcessSource.Split<T>, Collection<InProcessSource.Split<T>>> {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Iterator<?>> ITERATORS = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();

    InProcessSource(Iterator<T> records) {
        ITERATORS.put(id, records);
    }

    /** The only split; it names the iterator. */
    static final class Split<T> implements IteratorSourceSplit<T, Iterator<T>> {
        private final String id;

        Split(String id) {
            this.id = id;
        }

        @Override
        public String splitId() {
            return id;
        }

        @Override
        @SuppressWarnings("unchecked") // the id is that of a source of the same type
        public Iterator<T> getIterator() {
            Iterator<?> records = ITERATORS.remove(id);
            if (records == null) {
                throw new IllegalStateException("a run on in-process records cannot be restarted");
            }
            return (Iterator<T>) records;
        }

        @Override
        public IteratorSourceSplit<T, Iterator<T>> getUpdatedSplitForIterator(Iterator<T> iterator) {
            return this;
        }
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<T, Split<T>> createReader(SourceReaderContext context) {
        return new IteratorSourceReader<>(context);
    }

    @Override
    public SplitEnumerator<Split<T>, Collection<Split<T>>> createEnumerator(SplitEnumeratorContext<Split<T>> context) {
        // A reader requires that a split has records.
        Iterator<?> records = ITERATORS.get(id);
        boolean any = records != null && records.hasNext();
        return new IteratorSourceEnumerator<>(context, any ? List.of(new Split<>(id)) : List.of());
    }

    @Override
    public SplitEnumerator<Split<T>, Collection<Split<T>>> restoreEnumerator(
            SplitEnumeratorContext<Split<T>> context, Collection<Split<T>> splits) {
        return new IteratorSourceEnumerator<>(context, splits);
    }

    @Override
    public SimpleVersionedSerializer<Split<T>> getSplitSerializer() {
        return new SplitSerializer<>();
    }

    @Override
    public SimpleVersionedSerializer<Collection<Split<T>>> getEnumeratorCheckpointSerializer() {
        return new SplitsSerializer<>();
    }

    private static final class SplitSerializer<T> implements SimpleVersionedSerializer<Split<T>> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Split<T> split) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new DataOutputStream(bytes).writeUTF(split.splitId());
            return bytes.toByteArray();
        }

        @Override
        public Split<T> deserialize(int version, byte[] serialized) throws IOException {
            return new Split<>(new DataInputStream(new ByteArrayInputStream(serialized)).readUTF());
        }
    }

    private static final class SplitsSerializer<T> implements SimpleVersionedSerializer<Collection<Split<T>>> {
        private final SplitSerializer<T> one = new SplitSerializer<>();

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Collection<Split<T>> splits) throws IOException {
            return splits.isEmpty()
                    ? new byte[0]
                    : one.serialize(splits.iterator().next());
        }

        @Override
        public Collection<Split<T>> deserialize(int version, byte[] serialized) throws IOException {
            return serialized.length == 0 ? List.of() : List.of(one.deserialize(version, serialized));
        }
    }
}
