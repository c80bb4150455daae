package dev.weir.model.codec;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/** A list of numbers that are objects only when somebody reads them, since most lists of an activity are never read. */
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
