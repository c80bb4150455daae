package dev.weir.analytics.job;

import org.apache.flink.runtime.util.EnvironmentInformation;

/** The version of Flink that the job runs on in this process. */
public final class FlinkVersion {
    private FlinkVersion() {}

    public static String text() {
        return EnvironmentInformation.getVersion();
    }
}
