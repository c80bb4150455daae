package dev.weir.common;

import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A map from blocks of addresses to values that finds the narrowest block with an address. It is a path-compressed
 * binary trie for each family, so it takes at most two nodes for each block, and a lookup visits at most 33 nodes for
 * IPv4 and 129 for IPv6 and allocates nothing. Lookups by several threads are safe while none adds a block.
 *
 * @param <V> values, not null
 */
public final class PrefixMap<V> {
    private @Nullable Node<V> v4;
    private @Nullable Node<V> v6;
    private int size;

    /** A block that has a value, or at which two blocks part. The bits behind {@code prefix} are zero. */
    private static final class Node<V> {
        final long high;
        final long low;
        final int prefix;

        @Nullable V value;

        @Nullable Node<V> zero;

        @Nullable Node<V> one;

        Node(long high, long low, int prefix, @Nullable V value) {
            this.high = high & mask(prefix);
            this.low = low & mask(prefix - Long.SIZE);
            this.prefix = prefix;
            this.value = value;
        }

        boolean contains(long otherHigh, long otherLow) {
            return ((high ^ otherHigh) & mask(prefix)) == 0 && ((low ^ otherLow) & mask(prefix - Long.SIZE)) == 0;
        }

        @Nullable Node<V> child(long otherHigh, long otherLow) {
            return bit(otherHigh, otherLow, prefix) ? one : zero;
        }

        void setChild(Node<V> child) {
            if (bit(child.high, child.low, prefix)) {
                one = child;
            } else {
                zero = child;
            }
        }
    }

    /** Adds a block; {@code merge} joins its former value, if it has one, with the new one. */
    public void merge(Cidr block, V value, BinaryOperator<V> merge) {
        byte[] network = block.network();
        Node<V> added = new Node<>(high(network), low(network), block.prefix(), value);
        if (network.length == 4) {
            v4 = insert(v4, added, merge);
        } else {
            v6 = insert(v6, added, merge);
        }
    }

    /** Adds a block, or replaces its value. */
    public void put(Cidr block, V value) {
        merge(block, value, (before, after) -> after);
    }

    /** Returns the value of the narrowest block that contains the address, of 4 or 16 bytes; null for none. */
    public @Nullable V longest(byte[] address) {
        return longest(address, value -> true);
    }

    /**
     * Returns the value of the narrowest block that contains the address and whose value passes a test; null for none.
     */
    public @Nullable V longest(byte[] address, Predicate<? super V> test) {
        long high = high(address);
        long low = low(address);
        int bits = address.length * Byte.SIZE;
        V found = null;
        Node<V> node = address.length == 4 ? v4 : v6;
        while (node != null && node.contains(high, low)) {
            if (node.value != null && test.test(node.value)) {
                found = node.value;
            }
            node = node.prefix == bits ? null : node.child(high, low);
        }
        return found;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The number of blocks. */
    public int size() {
        return size;
    }

    /** Inserts a node below another and returns the node that takes the place of the latter. */
    private Node<V> insert(@Nullable Node<V> node, Node<V> added, BinaryOperator<V> merge) {
        if (node == null) {
            size++;
            return added;
        }
        int shared = Math.min(sharedBits(node, added), Math.min(node.prefix, added.prefix));
        if (shared < node.prefix && shared < added.prefix) {
            Node<V> fork = new Node<>(node.high, node.low, shared, null);
            fork.setChild(node);
            fork.setChild(added);
            size++;
            return fork;
        }
        if (shared < node.prefix) {
            added.setChild(node);
            size++;
            return added;
        }
        if (shared < added.prefix) {
            node.setChild(insert(node.child(added.high, added.low), added, merge));
            return node;
        }
        V value = added.value;
        if (node.value == null || value == null) {
            size++;
            node.value = value;
        } else {
            node.value = merge.apply(node.value, value);
        }
        return node;
    }

    private static int sharedBits(Node<?> a, Node<?> b) {
        long high = a.high ^ b.high;
        return high != 0 ? Long.numberOfLeadingZeros(high) : Long.SIZE + Long.numberOfLeadingZeros(a.low ^ b.low);
    }

    /** Returns the leading bits set, 0 to 64 of them. */
    private static long mask(int bits) {
        if (bits <= 0) {
            return 0;
        }
        return bits >= Long.SIZE ? -1 : -1L << (Long.SIZE - bits);
    }

    private static boolean bit(long high, long low, int at) {
        return (at < Long.SIZE ? high << at : low << (at - Long.SIZE)) < 0;
    }

    /** Returns the first 64 bits of an address; those of IPv4 are followed by zeros. */
    private static long high(byte[] address) {
        return address.length == 4 ? bits(address, 0, 4) << 32 : bits(address, 0, 8);
    }

    private static long low(byte[] address) {
        return address.length == 4 ? 0 : bits(address, 8, 16);
    }

    private static long bits(byte[] address, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            bits = bits << Byte.SIZE | address[i] & 0xff;
        }
        return bits;
    }
}
