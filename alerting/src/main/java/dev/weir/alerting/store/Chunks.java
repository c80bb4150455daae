package dev.weir.alerting.store;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Lists in parts that a statement takes: PostgreSQL takes 65,535 values. */
final class Chunks {
    private static final int SIZE = 1_000;

    private Chunks() {}

    /** None of them empty. */
    static <T> Stream<List<T>> of(Collection<T> all) {
        List<T> list = List.copyOf(all);
        return IntStream.range(0, (list.size() + SIZE - 1) / SIZE)
                .mapToObj(part -> list.subList(part * SIZE, Math.min(list.size(), (part + 1) * SIZE)));
    }
}
