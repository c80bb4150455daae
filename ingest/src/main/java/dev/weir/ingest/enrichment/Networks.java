package dev.weir.ingest.enrichment;

import com.maxmind.db.CHMCache;
import com.maxmind.db.Reader;
import dev.weir.common.Cidr;
import dev.weir.common.Ip;
import dev.weir.common.PrefixMap;
import dev.weir.common.config.ConfigException;
import dev.weir.model.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names and countries of addresses outside the cluster: the autonomous system and the country from databases in
 * MaxMind's format, and the name of the list that contains the address. Of several networks that contain it the
 * narrowest counts, and a list only if the databases have no entry. Safe for use by several threads.
 */
public final class Networks {
    /** Networks without any entry. */
    public static final Networks NONE = new Networks(List.of(), new PrefixMap<>());

    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);

    private final List<Reader> databases;
    private final PrefixMap<String> blocks;

    private Networks(List<Reader> databases, PrefixMap<String> blocks) {
        this.databases = databases;
        this.blocks = blocks;
    }

    /**
     * Opens the databases and lists.
     *
     * @throws ConfigException if a file cannot be used; it names the file
     */
    public static Networks open(NetworksConfig config) {
        List<Reader> databases = new ArrayList<>();
        for (String path : config.databases()) {
            try {
                databases.add(new Reader(Path.of(path).toFile(), new CHMCache()));
            } catch (IOException | RuntimeException e) {
                throw new ConfigException(path + ": is no database in MaxMind's format that can be read: "
                        + e.getMessage() + "; ingest.networks.databases names them");
            }
        }
        PrefixMap<String> blocks = new PrefixMap<>();
        config.lists().forEach((name, path) -> read(name, Path.of(path), blocks));
        return databases.isEmpty() && blocks.isEmpty() ? NONE : new Networks(List.copyOf(databases), blocks);
    }

    /** Returns the endpoint with its network and country, as far as they are known. */
    Endpoint describe(Endpoint end) {
        if (this == NONE) {
            return end;
        }
        byte[] address = Ip.parse(end.ip());
        if (address == null) {
            return end;
        }
        String network = null;
        String country = null;
        for (Reader database : databases) {
            Map<?, ?> record = record(database, address);
            if (record != null) {
                network = network == null ? system(record) : network;
                country = country == null ? country(record) : country;
            }
        }
        network = network == null ? blocks.longest(address) : network;
        return network == null && country == null ? end : end.withNetwork(network, country);
    }

    private static @Nullable Map<?, ?> record(Reader database, byte[] address) {
        try {
            return database.get(InetAddress.getByAddress(address), Map.class);
        } catch (UnknownHostException e) {
            return null;
        } catch (IOException | RuntimeException e) {
            // On a damaged file the library passes on any exception of its buffers.
            LOG.debug("networks: an entry of a database is damaged, the address stays without it: {}", e.getMessage());
            return null;
        }
    }

    /** Returns the name of an autonomous system, {@code AS15169 GOOGLE}. */
    private static @Nullable String system(Map<?, ?> record) {
        if (!(record.get("autonomous_system_number") instanceof Number number)) {
            return null;
        }
        Object name = record.get("autonomous_system_organization");
        return "AS" + number.longValue() + (name == null ? "" : " " + name);
    }

    private static @Nullable String country(Map<?, ?> record) {
        return record.get("country") instanceof Map<?, ?> country && country.get("iso_code") instanceof String code
                ? code
                : null;
    }

    /** Reads a file of addresses and blocks, one a line, which the list of this name contains. */
    private static void read(String name, Path file, PrefixMap<String> blocks) {
        try {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                String text = line.replaceAll("#.*", "").strip();
                if (!text.isEmpty()) {
                    blocks.put(block(text, file + ":" + number), name);
                }
            }
        } catch (IOException e) {
            throw new ConfigException(
                    file + ": cannot be read: " + e.getMessage() + "; ingest.networks.lists names it");
        }
    }

    private static Cidr block(String text, String where) {
        Cidr block = Cidr.parse(text);
        if (block == null) {
            throw new ConfigException(where + ": '" + text + "' is not an address or a block such as 192.0.2.0/24");
        }
        return block;
    }
}
