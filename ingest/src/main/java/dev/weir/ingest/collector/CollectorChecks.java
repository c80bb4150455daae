package dev.weir.ingest.collector;

import dev.weir.common.config.KafkaConfig;
import dev.weir.ingest.stream.StreamServer;
import org.jspecify.annotations.Nullable;

/** Collects what stands in the way of a start, before anything is started. */
public interface CollectorChecks {

    /** A check that throws when something stands in the way. */
    interface Check {
        void run() throws Exception;
    }

    /**
     * Requires that a TCP port is free.
     *
     * @param key key of the port in the configuration
     */
    void tcp(String kind, String host, int port, String key);

    /**
     * Requires that a UDP port is free.
     *
     * @param key key of the port in the configuration
     */
    void udp(String kind, String host, int port, String key);

    /** Returns true if the path is null or the file can be read; otherwise adds a mistake that names the key. */
    boolean file(String key, @Nullable String path);

    /** Requires settings that Kafka's clients accept. */
    void kafka(KafkaConfig kafka, String section);

    /**
     * Requires that the files of a server's TLS settings can be read.
     *
     * @param server null if the collector is switched off
     */
    default void stream(String kind, @Nullable StreamServer server) {
        String section = "ingest." + kind;
        if (server != null
                && server.tls()
                && file(section + ".ca", server.ca())
                        & file(section + ".certificate", server.certificate())
                        & file(section + ".key", server.key())) {
            check(() -> server.checkFiles(kind));
        }
    }

    /**
     * Runs a check. The message of a {@link dev.weir.common.config.ConfigException} is a mistake in the configuration,
     * that of an {@link dev.weir.common.config.UnavailableException} a thing that is missing.
     */
    void check(Check check);

    /** Adds a mistake, in a sentence that names the key. */
    void mistake(String sentence);
}
