package dev.weir.standalone.command.collect;

import dev.weir.common.config.ConfigException;
import dev.weir.ingest.collector.netflow.NetflowCollector;
import dev.weir.ingest.collector.netflow.NetflowConfig;
import dev.weir.ingest.collector.netflow.NetflowTcpConfig;
import dev.weir.ingest.pipeline.FlowClock;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints flows of NetFlow, IPFIX and sFlow as they arrive. */
@Command(name = NetflowCollector.KIND, mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class NetflowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Printing printing;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "UDP address to listen on. Default: ${DEFAULT-VALUE}",
            defaultValue = "127.0.0.1:2055")
    private String listen;

    @Option(names = "--tcp", paramLabel = "PORT", description = "TCP port for IPFIX on the same host.")
    private @Nullable Integer tcp;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "PEM file of the server's certificate chain; with it the TCP port uses TLS.")
    private @Nullable String certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM file of the certificate's private key.")
    private @Nullable String key;

    @Option(
            names = "--client-ca",
            paramLabel = "FILE",
            description = "PEM file of the authorities that exporters must have certificates of.")
    private @Nullable String clientCa;

    @Option(names = "--sockets", paramLabel = "N", description = "Number of sockets that share the port. Default: 1")
    private @Nullable Integer sockets;

    @Override
    public Integer call() throws InterruptedException {
        int colon = listen.lastIndexOf(':');
        String port = listen.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}")) {
            throw new ConfigException(
                    "--listen: '" + listen + "' is not an address with a port such as 127.0.0.1:2055");
        }
        NetflowConfig config = new NetflowConfig(
                true,
                listen.substring(0, colon).replaceAll("[\\[\\]]", ""),
                Integer.parseInt(port),
                sockets,
                null,
                null,
                null,
                null,
                new NetflowTcpConfig(tcp != null, tcp, certificate, key, clientCa, null, null));
        NetflowCollector collector = new NetflowCollector(
                config,
                !printing.raw(),
                printing.pipeline(NetflowCollector.KIND, FlowClock.arrival(InstantSource.system())),
                InstantSource.system(),
                printing.metrics());
        return printing.run(collector, () -> {
            String stream = collector.tcpPort() == null ? "" : " and TCP port " + collector.tcpPort();
            spec.commandLine()
                    .getErr()
                    .println("weir: listening on UDP port " + collector.port() + stream + "; Ctrl-C stops");
        });
    }
}
