package dev.weir.model.codec;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/** A list of numbers that become objects only when they are read, since most lists of an activity never are. */
final class Ints extends AbstractList<Integer> implements RandomAccess {
    private int[] numbers = new int[0];
    private int size;

    /** Makes room for some more numbers. */
    void reserve(int more) {
        if (size + more > numbers.length) {
            numbers = Arrays.copyOf(numbers, size + more);
        }
    }

    /** Appends a number, for which there is room. */
    void append(int number) {
        numbers[size++] = number;
    }

    @Override
    public Integer get(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return numbers[index];
    }

    @Override
    public int size() {
        return size;
    }
}
