package dev.weir.standalone.command;

import dev.weir.analytics.job.FlinkVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints versions. */
@Command(
        name = "version",
        description = "Print the versions of Weir and of what it runs on.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class VersionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Provides the lines of {@code --version}. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            List<String> lines = new ArrayList<>();
            lines.add("weir " + weir());
            lines.add("kafka " + AppInfoParser.getVersion());
            if (hasFlink()) {
                lines.add("flink " + FlinkVersion.text());
            }
            lines.add("java " + Runtime.version() + " (" + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch") + ")");
            return lines.toArray(String[]::new);
        }

        /** False in the images of ingest and alerting, which hold no Flink. */
        private static boolean hasFlink() {
            return Provider.class.getResource("/dev/weir/analytics/job/FlinkVersion.class") != null;
        }
    }

    /** The version of Weir. */
    public static String weir() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }

    @Override
    public Integer call() {
        for (String line : new Provider().getVersion()) {
            spec.commandLine().getOut().println(line);
        }
        return 0;
    }
}
