package dev.weir.analytics.correlate;

import org.apache.datasketches.memory.Memory;
import org.apache.datasketches.tuple.AnotB;
import org.apache.datasketches.tuple.Filter;
import org.apache.datasketches.tuple.Sketch;
import org.apache.datasketches.tuple.Sketches;
import org.apache.datasketches.tuple.Union;
import org.apache.datasketches.tuple.adouble.DoubleSketch;
import org.apache.datasketches.tuple.adouble.DoubleSummary;
import org.apache.datasketches.tuple.adouble.DoubleSummaryDeserializer;
import org.apache.datasketches.tuple.adouble.DoubleSummarySetOperations;

/**
 * Estimates how many sources had used something by a time, with Apache DataSketches' tuple sketch of at most 64
 * sources and the time of the first use of each: exact up to there, then with a standard error of one eighth. The order
 * of additions does not change the result.
 */
public final class FirstUses {
    /** The logarithm of the number of sources in a sketch. */
    private static final int LG_ENTRIES = 6;

    private static final byte[] NONE = sketch().compact().toByteArray();

    private FirstUses() {}

    /** The sketch without sources. */
    public static byte[] none() {
        return NONE.clone();
    }

    /** The sketch with one more use of a source; the earliest of a source counts. */
    public static byte[] with(byte[] sketch, String source, long ms) {
        return merged(read(sketch), one(source, ms));
    }

    /** The sketch of the uses in two. */
    static byte[] merged(byte[] a, byte[] b) {
        return merged(read(a), read(b));
    }

    private static byte[] merged(Sketch<DoubleSummary> a, Sketch<DoubleSummary> b) {
        Union<DoubleSummary> union =
                new Union<>(1 << LG_ENTRIES, new DoubleSummarySetOperations(DoubleSummary.Mode.Min));
        return union.union(a, b).toByteArray();
    }

    /** The number of sources but one that had a use before a time. */
    public static double others(byte[] sketch, String source, long beforeMs) {
        return others(sketch, NONE, source, beforeMs);
    }

    /**
     * The number of sources but one that had a use before a time.
     *
     * @param without a sketch of sources that do not count
     */
    static double others(byte[] sketch, byte[] without, String source, long beforeMs) {
        Sketch<DoubleSummary> early =
                new Filter<DoubleSummary>(first -> first.getValue() < beforeMs).filter(read(sketch));
        return AnotB.aNotB(AnotB.aNotB(early, read(without)), one(source, 0)).getEstimate();
    }

    private static Sketch<DoubleSummary> read(byte[] sketch) {
        return Sketches.heapifySketch(Memory.wrap(sketch), new DoubleSummaryDeserializer());
    }

    private static Sketch<DoubleSummary> one(String source, long ms) {
        DoubleSketch one = sketch();
        one.update(source, (double) ms);
        return one;
    }

    private static DoubleSketch sketch() {
        return new DoubleSketch(LG_ENTRIES, DoubleSummary.Mode.Min);
    }
}
