package dev.weir.analytics.job;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Hands records to a receiver in the same JVM, for runs on a mini cluster. Several tasks may call the receiver. */
public final class InProcessSink<T> implements Sink<T> {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Consumer<?>> RECEIVERS = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();

    public InProcessSink(Consumer<T> receiver) {
        RECEIVERS.put(id, receiver);
    }

    @Override
    @SuppressWarnings("unchecked") // the id is that of a sink of the same type
    public SinkWriter<T> createWriter(WriterInitContext context) {
        Consumer<T> receiver = (Consumer<T>) RECEIVERS.get(id);
        if (receiver == null) {
            throw new IllegalStateException("the receiver lives in another JVM");
        }
        return new Writer<>(receiver);
    }

    private record Writer<T>(Consumer<T> receiver) implements SinkWriter<T> {
        @Override
        public void write(T element, Context context) {
            receiver.accept(element);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {}
    }
}
