package dev.weir.standalone.broker;

import dev.weir.common.config.ConfigException;
import dev.weir.common.config.KafkaConfig;
import dev.weir.common.config.KafkaProtocol;
import dev.weir.common.config.UnavailableException;
import dev.weir.common.kafka.KafkaClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.security.auth.login.LoginException;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;

/**
 * Finds mistakes in the connection settings of Kafka before the working clients are made. An error of Kafka's own
 * classes becomes a sentence with the configuration's key; no value that may be a secret is in it.
 */
public final class KafkaSettings {
    private static final String JAAS = "sasl.jaas.config";
    private static final String PROTOCOL = "security.protocol";
    private static final List<String> STORES = List.of("ssl.truststore.location", "ssl.keystore.location");
    private static final Pattern SECRET = Pattern.compile("password|secret|passphrase|keystore\\.key|jaas");
    /** Shorter secrets are not masked, since they would match within ordinary words. */
    private static final int SHORTEST_SECRET = 4;

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
    /** Values of letters and spaces repeat no quoted secret. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z -]+");

    private final KafkaConfig kafka;
    private final Map<String, String> properties;
    private final String section;

    private KafkaSettings(KafkaConfig kafka, String section) {
        this.kafka = kafka;
        this.properties = kafka.allProperties();
        this.section = section;
    }

    /**
     * Checks the properties, then the protocol of the servers, then makes a client and closes it. Takes up to a second
     * longer than {@link KafkaProtocol#check}.
     *
     * @param section of the configuration, for the message
     * @throws ConfigException when a property or a file that it names cannot be used
     * @throws UnavailableException when no server's name can be resolved
     */
    public static void check(KafkaConfig kafka, String section) {
        KafkaSettings settings = new KafkaSettings(kafka, section);
        settings.checkValues();
        settings.checkFiles();
        KafkaProtocol.check(kafka, section);
        settings.checkClient();
    }

    private void checkValues() {
        Set<String> wrong = new LinkedHashSet<>();
        for (ConfigDef known :
                List.of(AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef())) {
            for (ConfigValue value : known.validate(properties)) {
                if (properties.containsKey(value.name())
                        && !value.errorMessages().isEmpty()) {
                    String why = value.errorMessages().get(0).replace(" for configuration " + value.name(), "");
                    wrong.add(key(value.name()) + ": " + redacted(why));
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new ConfigException(String.join("\n", wrong));
        }
    }

    /** Missing files are found here, because Kafka's own classes would log a stack trace for them. */
    private void checkFiles() {
        boolean isTls =
                properties.getOrDefault(PROTOCOL, "").toUpperCase(Locale.ROOT).endsWith("SSL");
        String missing = STORES.stream()
                .filter(store -> isTls && properties.containsKey(store) && !isFile(properties.get(store)))
                .map(store -> properties.get(store) + ": there is no such file, or it may not be read; " + key(store)
                        + " names it")
                .collect(Collectors.joining("\n"));
        if (!missing.isEmpty()) {
            throw new ConfigException(missing);
        }
    }

    private static boolean isFile(String path) {
        return Files.isReadable(Path.of(path)) && !Files.isDirectory(Path.of(path));
    }

    private void checkClient() {
        try {
            KafkaClients.admin(kafka).close(Duration.ZERO);
        } catch (KafkaException e) {
            throw translated(e);
        }
    }

    private RuntimeException translated(KafkaException e) {
        List<String> messages = new ArrayList<>();
        Throwable root = e;
        for (Throwable each = e; each != null; each = each.getCause()) {
            root = each;
            messages.add(String.valueOf(each.getMessage()));
        }
        String all = String.join(" ", messages);
        if (all.contains("No resolvable bootstrap urls")) {
            return new UnavailableException("Kafka at " + kafka.bootstrapServers()
                    + ": the name cannot be resolved; is " + section + ".bootstrap_servers right?");
        }
        if (root instanceof IllegalArgumentException && all.contains("JAAS")) {
            return new ConfigException(login(String.valueOf(root.getMessage())));
        }
        if (root instanceof LoginException) {
            return new ConfigException(key(JAAS) + ": the login cannot be prepared: "
                    + redacted(String.valueOf(root.getMessage())) + "; it must name a login module of Kafka, and "
                    + section + ".properties.sasl.mechanism what goes with it");
        }
        for (String store : STORES) {
            String file = properties.get(store);
            if (file != null && all.contains(file)) {
                return new ConfigException(store(store, file));
            }
        }
        return new ConfigException(section + ".properties: a Kafka client cannot be made with them: "
                + redacted(String.valueOf(root.getMessage())));
    }

    private String login(String why) {
        String form = "a line such as org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"...\" password=\"...\";";
        if (!properties.containsKey(JAAS)) {
            return key(PROTOCOL) + " is " + properties.get(PROTOCOL) + ", which needs " + JAAS + "; name a file in "
                    + section + ".properties_files." + JAAS + " that holds " + form;
        }
        return key(JAAS) + " cannot be used" + (HARMLESS.matcher(why).matches() ? ": " + why : "") + "; it must be "
                + form;
    }

    private String store(String property, String file) {
        String store = property.replace(".location", "");
        return key(property) + ": " + file + " cannot be opened; is " + store + ".type right, which is "
                + properties.getOrDefault(store + ".type", "JKS") + " and may be PKCS12 or PEM, and " + store
                + ".password?";
    }

    private String key(String property) {
        return section
                + (kafka.propertiesFiles().containsKey(property) ? ".properties_files." : ".properties.")
                + property;
    }

    /** Masks values that come from files, are passwords, or stand in quotes in a login. */
    private String redacted(String text) {
        List<String> secrets = new ArrayList<>();
        properties.forEach((property, value) -> {
            if (kafka.propertiesFiles().containsKey(property)
                    || SECRET.matcher(property).find()) {
                secrets.add(value);
            }
        });
        QUOTED.matcher(properties.getOrDefault(JAAS, "")).results().forEach(quoted -> secrets.add(quoted.group(1)));
        String left = text;
        for (String secret : secrets) {
            left = secret.length() < SHORTEST_SECRET ? left : left.replace(secret, "(not shown)");
        }
        return left;
    }
}
