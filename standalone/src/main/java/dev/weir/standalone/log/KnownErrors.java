package dev.weir.standalone.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.network.InvalidReceiveException;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Takes errors out of the log that libraries report without knowing enough: what a client of the embedded broker did wrong is
 * one warning a minute, without a stack trace; a transaction that cannot be committed again is handed to whom has registered
 * for it, who finds out what became of it.
 */
public final class KnownErrors extends TurboFilter {
    /** Of this class and not of {@code dev.weir} alone, since the filter sees its own lines too. */
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(KnownErrors.class);

    private static final String COMMITTER = "org.apache.flink.connector.kafka.sink.internal.KafkaCommitter";
    private static final Pattern TRANSACTION = Pattern.compile("transactionalId='?([^',}]+)");
    private static final String NOT_COMMITTED = "Unable to commit transaction";
    private static final long INTERVAL_NANOS = 60_000_000_000L;

    private static final AtomicReference<@Nullable Predicate<String>> TRANSACTIONS = new AtomicReference<>();

    private long quietUntil = System.nanoTime();
    private long quiet;

    /**
     * Registers who finds out what became of transactions that the job could not commit.
     *
     * @param transactions takes a transactional id and returns whether it is looked into; null for no more
     */
    public static void transactions(@Nullable Predicate<String> transactions) {
        TRANSACTIONS.set(transactions);
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable thrown) {
        if (format == null || !level.isGreaterOrEqual(Level.WARN)) {
            return FilterReply.NEUTRAL;
        }
        if (logger.getName().equals(COMMITTER)) {
            return format.startsWith(NOT_COMMITTED) && isLookedInto(parameters)
                    ? FilterReply.DENY
                    : FilterReply.NEUTRAL;
        }
        if (logger.getName().startsWith("kafka.")) {
            Throwable mistake = clientMistake(thrown, parameters);
            if (mistake != null) {
                report(mistake);
                return FilterReply.DENY;
            }
        }
        return FilterReply.NEUTRAL;
    }

    private static boolean isLookedInto(Object @Nullable [] parameters) {
        Predicate<String> transactions = TRANSACTIONS.get();
        if (transactions == null || parameters == null || parameters.length == 0) {
            return false;
        }
        Matcher id = TRANSACTION.matcher(String.valueOf(parameters[0]));
        return id.find() && transactions.test(id.group(1));
    }

    private static @Nullable Throwable clientMistake(@Nullable Throwable thrown, Object @Nullable [] parameters) {
        Throwable last =
                parameters != null && parameters.length > 0 && parameters[parameters.length - 1] instanceof Throwable of
                        ? of
                        : null;
        for (Throwable each = thrown == null ? last : thrown; each != null; each = each.getCause()) {
            if (each instanceof InvalidRequestException
                    || each instanceof InvalidReceiveException
                    || each instanceof UnsupportedVersionException
                    || each instanceof SchemaException
                    || each instanceof AuthenticationException
                    || each instanceof AuthorizationException) {
                return each;
            }
        }
        return null;
    }

    private void report(Throwable mistake) {
        long others;
        synchronized (this) {
            if (System.nanoTime() - quietUntil < 0) {
                quiet++;
                return;
            }
            quietUntil = System.nanoTime() + INTERVAL_NANOS;
            others = quiet;
            quiet = 0;
        }
        LOG.warn(
                "the broker closed the connection of a client that sent what is no valid request ({}){}; is it a Kafka client of"
                        + " version 2.1 or later, and does it speak plain text?",
                String.valueOf(mistake.getMessage()).lines().findFirst().orElse(""),
                others == 0 ? "" : ", and " + others + " more since the last such line");
    }
}
