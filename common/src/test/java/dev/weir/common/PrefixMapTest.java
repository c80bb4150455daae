package dev.weir.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrefixMapTest {
    private final PrefixMap<Integer> map = new PrefixMap<>();

    @Test
    void narrowestBlockOfTheFamilyIsFound() {
        put("10.0.0.0/8", 8);
        put("10.1.0.0/16", 16);
        put("10.1.2.3", 32);
        put("::/0", 0);

        assertThat(find("10.1.2.3")).isEqualTo(32);
        assertThat(find("10.1.2.4")).isEqualTo(16);
        assertThat(find("10.2.0.0")).isEqualTo(8);
        assertThat(find("11.0.0.0")).isNull();
        assertThat(find("2001:db8::1")).isZero();
        assertThat(map.size()).isEqualTo(4);
    }

    @Test
    void widerBlockIsFoundWhenNarrowerFailsTheTest() {
        put("10.0.0.0/8", 8);
        put("10.1.0.0/16", 16);

        byte[] address = Objects.requireNonNull(Ip.parse("10.1.2.3"));
        assertThat(map.longest(address, value -> value < 10)).isEqualTo(8);
        assertThat(map.longest(address, value -> value > 20)).isNull();
    }

    @Test
    void valuesOfTheSameBlockAreMerged() {
        put("10.0.0.0/8", 1);
        map.merge(Objects.requireNonNull(Cidr.parse("10.9.9.9/8")), 2, Integer::sum);

        assertThat(find("10.0.0.1")).isEqualTo(3);
        assertThat(map.size()).isEqualTo(1);
    }

    @Test
    void emptyMapFindsNothing() {
        assertThat(map.isEmpty()).isTrue();
        assertThat(find("10.0.0.1")).isNull();
        assertThat(find("::1")).isNull();
    }

    @Test
    void randomBlocksAreFoundAsByASearchOfAll() {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            PrefixMap<Integer> trie = new PrefixMap<>();
            Map<Cidr, Integer> reference = new HashMap<>();
            for (int i = random.nextInt(60); i >= 0; i--) {
                byte[] address = address(random);
                Cidr block = Cidr.of(address, random.nextInt(address.length * 8 + 1));
                trie.put(block, i);
                reference.put(block, i);
            }
            for (int i = 0; i < 200; i++) {
                byte[] address = address(random);
                Predicate<Integer> test = i % 3 == 0 ? value -> value % 2 == 0 : value -> true;
                Integer expected = search(reference, address, test);
                if (!Objects.equals(trie.longest(address, test), expected)) {
                    throw new AssertionError(Ip.toText(address) + " in " + reference + ", expected " + expected);
                }
            }
            assertThat(trie.size()).isEqualTo(reference.size());
        }
    }

    /** Returns an address of few distinct bits, so that blocks nest. */
    private static byte[] address(Random random) {
        byte[] address = new byte[random.nextBoolean() ? 4 : 16];
        for (int i = 0; i < 3; i++) {
            int bit = random.nextInt(3) == 0 ? random.nextInt(address.length * 8) : random.nextInt(8) * address.length;
            address[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return address;
    }

    private static @Nullable Integer search(Map<Cidr, Integer> blocks, byte[] address, Predicate<Integer> test) {
        Cidr longest = null;
        for (Map.Entry<Cidr, Integer> each : blocks.entrySet()) {
            Cidr block = each.getKey();
            boolean isLonger = longest == null || block.prefix() > longest.prefix();
            if (isLonger && block.contains(address) && test.test(each.getValue())) {
                longest = block;
            }
        }
        return longest == null ? null : blocks.get(longest);
    }

    private void put(String block, int value) {
        map.put(Objects.requireNonNull(Cidr.parse(block)), value);
    }

    private @Nullable Integer find(String address) {
        return map.longest(Objects.requireNonNull(Ip.parse(address)));
    }
}
