package dev.weir.standalone.command;

/** Exit codes of all commands; 0 means that the command did its work. */
public final class ExitCode {
    /** An input, a port or a service was missing or broke. */
    public static final int FAILED = 1;

    /** The command line or the configuration is wrong. */
    public static final int WRONG = 2;

    private ExitCode() {}
}
