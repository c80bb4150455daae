package dev.weir.standalone.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * The settings of the log, which goes to standard error. They are code, since Logback takes a tenth of a second to read
 * a file. A file named by the system property {@code logback.configurationFile} takes their place. The system
 * properties {@code weir.log} and {@code weir.log.others} set the levels of Weir and of the libraries.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSettings extends ContextAwareBase implements Configurator {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %logger{0} %msg%n";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        KnownErrors filter = new KnownErrors();
        filter.setContext(context);
        filter.start();
        context.addTurboFilter(filter);
        level(context, "dev.weir", Level.toLevel(System.getProperty("weir.log"), Level.INFO));
        // Who changed what, and who was not let in; docs/reference/alerting.md promises it.
        level(context, "weir.audit", Level.INFO);
        // Why a task of the job failed.
        level(context, "org.apache.flink.runtime.taskmanager.Task", Level.WARN);
        level(context, Logger.ROOT_LOGGER_NAME, Level.toLevel(System.getProperty("weir.log.others"), Level.ERROR));
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(standardError(context));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static void level(LoggerContext context, String logger, Level level) {
        context.getLogger(logger).setLevel(level);
    }

    private static ConsoleAppender<ILoggingEvent> standardError(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("STDERR");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }
}
