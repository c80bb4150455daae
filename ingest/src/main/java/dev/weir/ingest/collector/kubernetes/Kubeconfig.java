package dev.weir.ingest.collector.kubernetes;

import dev.weir.common.config.ConfigException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the file with the address and the credentials of the API server. */
public final class Kubeconfig {
    private static final String WHERE = "; ingest.kubernetes.kubeconfig or --kubeconfig names it";

    private Kubeconfig() {}

    /**
     * Reads the file, if one is given, without connecting.
     *
     * @throws ConfigException if it is no kubeconfig, or selects no cluster
     */
    public static void check(@Nullable String file) {
        read(file);
    }

    /**
     * Reads the file. Without one, the pod's service account or the user's own file is used. Throws as {@link #check}
     * does.
     */
    static Config read(@Nullable String file) {
        if (file == null) {
            return new ConfigBuilder().build();
        }
        if (!Files.isReadable(Path.of(file))) {
            throw new ConfigException("kubernetes: " + file + ": there is no such file, or it may not be read" + WHERE);
        }
        Config config = parsed(file);
        if (config.getCurrentContext() == null) {
            throw new ConfigException("kubernetes: " + file
                    + ": is no kubeconfig, or its current-context is none of its contexts" + WHERE);
        }
        return config;
    }

    private static Config parsed(String file) {
        try {
            return new ConfigBuilder(Config.fromKubeconfig(new File(file))).build();
        } catch (RuntimeException e) {
            // The library passes on any exception of its parser, a NullPointerException among them.
            throw new ConfigException("kubernetes: " + file + ": is no kubeconfig" + WHERE);
        }
    }
}
