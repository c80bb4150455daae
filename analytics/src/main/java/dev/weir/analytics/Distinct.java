package dev.weir.analytics;

import org.apache.datasketches.memory.Memory;
import org.apache.datasketches.theta.SetOperation;
import org.apache.datasketches.theta.Sketch;
import org.apache.datasketches.theta.Sketches;
import org.apache.datasketches.theta.Union;
import org.apache.datasketches.theta.UpdateSketch;

/**
 * Estimates the number of different strings by Apache DataSketches' theta sketch of at most 64 entries: exact up to
 * there, then with a standard error of one eighth. The order in which sketches are merged does not change the result.
 */
public final class Distinct {
    private static final int ENTRIES = 64;
    private static final byte[] NONE = sketch().compact().toByteArray();

    private final UpdateSketch seen = sketch();

    /** Adds a string. */
    public void add(String text) {
        seen.update(text);
    }

    /** The sketch of the strings so far. */
    public byte[] bytes() {
        return merged(NONE, seen.compact().toByteArray());
    }

    /** The sketch of no string. */
    public static byte[] none() {
        return NONE.clone();
    }

    public static byte[] merged(byte[] a, byte[] b) {
        Union union = SetOperation.builder().setNominalEntries(ENTRIES).buildUnion();
        union.union(Memory.wrap(a));
        union.union(Memory.wrap(b));
        return union.getResult().toByteArray();
    }

    public static double estimate(byte[] sketch) {
        Sketch read = Sketches.wrapSketch(Memory.wrap(sketch));
        return read.getEstimate();
    }

    private static UpdateSketch sketch() {
        return UpdateSketch.builder().setNominalEntries(ENTRIES).build();
    }
}
