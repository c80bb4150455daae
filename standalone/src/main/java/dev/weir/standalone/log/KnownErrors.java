package dev.weir.standalone.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.network.InvalidReceiveException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Replaces errors that libraries log without knowing their cause. A mistake of a client of the embedded broker becomes
 * one warning a minute, without a stack trace. A transaction that cannot be committed again goes to the registered
 * handler, which finds out its outcome.
 */
public final class KnownErrors extends TurboFilter {
    /** The logger of this class alone, since the filter sees its own lines too. */
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(KnownErrors.class);

    private static final String COMMITTER = "org.apache.flink.connector.kafka.sink.internal.KafkaCommitter";
    private static final Pattern TRANSACTION = Pattern.compile("transactionalId='?([^',}]+)");
    private static final String NOT_COMMITTED = "Unable to commit transaction";
    /** The loggers of request handling. Errors of the broker's other loggers are about the broker itself. */
    private static final Set<String> HANDLERS =
            Set.of("kafka.server.KafkaApis", "kafka.server.ControllerApis", "kafka.server.ReplicaManager");

    private static final String REQUESTS = "kafka.server.KafkaApis";
    private static final String SETTINGS = "kafka.server.ConfigAdminManager";
    private static final String REFUSED = "Error preprocessing ";
    private static final String REQUEST_CLASSES = "org.apache.kafka.common.requests.";
    /** The number of stack frames within which an exception is about the field that was read. */
    private static final int NEAR = 3;

    private static final long INTERVAL_NANOS = 60_000_000_000L;

    private static final AtomicReference<@Nullable Predicate<String>> TRANSACTIONS = new AtomicReference<>();

    private long quietUntil = System.nanoTime();
    private long quiet;

    /**
     * Registers the handler of transactions that the job could not commit.
     *
     * @param transactions takes a transactional id and returns true if it looks into it; null removes the handler
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
            String mistake = clientMistake(logger.getName(), format, thrown, parameters);
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

    /** The message about a client's mistake, or null when the error is no client's mistake. */
    private static @Nullable String clientMistake(
            String logger, String format, @Nullable Throwable thrown, Object @Nullable [] parameters) {
        int refused = format.indexOf(REFUSED);
        if (logger.equals(SETTINGS) && refused >= 0 && !format.contains(Errors.UNKNOWN_SERVER_ERROR.name())) {
            return format.substring(refused);
        }
        Throwable last =
                parameters != null && parameters.length > 0 && parameters[parameters.length - 1] instanceof Throwable of
                        ? of
                        : null;
        for (Throwable each = thrown == null ? last : thrown; each != null; each = each.getCause()) {
            if (isClientMistake(each) || isRefusal(logger, each)) {
                return String.valueOf(each.getMessage());
            }
        }
        return null;
    }

    private static boolean isClientMistake(Throwable thrown) {
        return thrown instanceof InvalidRequestException
                || thrown instanceof InvalidReceiveException
                || thrown instanceof UnsupportedVersionException
                || thrown instanceof SchemaException
                || thrown instanceof AuthenticationException
                || thrown instanceof AuthorizationException;
    }

    /**
     * Returns true if a request was refused for its contents. Retriable errors are about the broker's own state or its
     * disk.
     */
    private static boolean isRefusal(String logger, Throwable thrown) {
        if (logger.equals(REQUESTS) && (thrown instanceof CorruptRecordException || isOfReading(thrown))) {
            return true;
        }
        return HANDLERS.contains(logger)
                && thrown instanceof ApiException
                && !(thrown instanceof RetriableException)
                && !(thrown instanceof UnknownServerException);
    }

    /** Returns true if a field of a request has a value that does not exist. */
    private static boolean isOfReading(Throwable thrown) {
        return thrown instanceof IllegalArgumentException
                && Arrays.stream(thrown.getStackTrace())
                        .limit(NEAR)
                        .map(StackTraceElement::getClassName)
                        .anyMatch(name -> name.startsWith(REQUEST_CLASSES) && name.endsWith("Request"));
    }

    private void report(String mistake) {
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
                "the broker refused what a client sent ({}){}; is it a Kafka client of version 2.1 or later, does it speak plain"
                        + " text, and is what it asks for valid?",
                mistake.lines().findFirst().orElse(""),
                others == 0 ? "" : ", and " + others + " more since the last such line");
    }
}
