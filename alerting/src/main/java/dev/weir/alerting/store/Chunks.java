package dev.weir.alerting.store;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Splits lists to the size of one statement: PostgreSQL accepts 65,535 parameters. */
final class Chunks {
    private static final int SIZE = 1_000;

    private Chunks() {}

    /** Non-empty chunks of at most {@value #SIZE} elements. */
    static <T> Stream<List<T>> of(Collection<T> all) {
        List<T> list = List.copyOf(all);
        return IntStream.range(0, (list.size() + SIZE - 1) / SIZE)
                .mapToObj(part -> list.subList(part * SIZE, Math.min(list.size(), (part + 1) * SIZE)));
    }
}
