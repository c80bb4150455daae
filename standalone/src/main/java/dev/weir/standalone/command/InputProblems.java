package dev.weir.standalone.command;

import java.io.PrintWriter;
import java.util.function.Consumer;

/**
 * Prints the problems of an input, one line each, up to {@value #MOST_LISTED}; the others are counted, since an input
 * can have one in each of millions of lines. Safe for use by several threads.
 */
public final class InputProblems implements Consumer<String> {
    static final int MOST_LISTED = 20;

    private final PrintWriter err;
    private long count;

    public InputProblems(PrintWriter err) {
        this.err = err;
    }

    /** Counts a problem and prints it unless enough have been. */
    @Override
    public synchronized void accept(String problem) {
        count++;
        if (count <= MOST_LISTED) {
            err.println("weir: " + problem);
        }
    }

    /** Prints the number of problems that were not listed, if any; returns the number of all. */
    public synchronized long end() {
        long more = count - MOST_LISTED;
        if (more > 0) {
            err.println("weir: " + more + (more == 1 ? " further problem is" : " further problems are")
                    + " not listed; " + count + " in all");
        }
        return count;
    }
}
