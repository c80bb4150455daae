package dev.weir.alerting.notify.email;

import dev.weir.alerting.message.AlertMessage;
import dev.weir.alerting.message.Links;
import dev.weir.alerting.message.Message;
import dev.weir.alerting.message.Notification;
import dev.weir.alerting.notify.Delivery;
import dev.weir.alerting.notify.Notifier;
import dev.weir.alerting.notify.NotifierSetup;
import dev.weir.alerting.notify.NotifierType;
import dev.weir.alerting.notify.Secret;
import dev.weir.alerting.notify.email.EmailConfig.Encryption;
import dev.weir.common.Text;
import dev.weir.model.Alert;
import jakarta.mail.Address;
import jakarta.mail.Authenticator;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a plain text for each notification; the notifications of a group are one conversation. The {@code Message-ID}
 * stays the same when a crash makes Weir send a notification again, so mailboxes recognise it.
 */
public final class EmailNotifier implements Notifier {
    public static final NotifierType<EmailConfig> TYPE = NotifierType.of("email", EmailConfig.class, EmailNotifier::of);

    private static final Logger LOG = LoggerFactory.getLogger(EmailNotifier.class);

    private static final String TIMEOUT_MS = "10000";
    private static final int LONGEST_SUBJECT = 200;
    private static final Pattern CODE = Pattern.compile("^([45])[0-9]{2}");

    private final EmailConfig config;
    private final Links links;
    private final Session session;
    private final String domain;

    /**
     * Creates a notifier.
     *
     * @param config {@linkplain EmailConfig#checked checked}
     * @param links the addresses that messages link to
     */
    public EmailNotifier(EmailConfig config, @Nullable String password, Links links) {
        this.config = config;
        this.links = links;
        String from = String.valueOf(config.from());
        this.domain = from.substring(from.lastIndexOf('@') + 1).replaceAll("[^A-Za-z0-9.-]", "");
        Properties properties = new Properties();
        boolean isTls = config.encryption() == Encryption.TLS;
        properties.put("mail.transport.protocol", "smtp");
        properties.put("mail.smtp.host", config.host());
        properties.put("mail.smtp.port", Integer.toString(config.port()));
        properties.put("mail.smtp.connectiontimeout", TIMEOUT_MS);
        properties.put("mail.smtp.timeout", TIMEOUT_MS);
        properties.put("mail.smtp.writetimeout", TIMEOUT_MS);
        properties.put("mail.smtp.ssl.enable", Boolean.toString(isTls));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.starttls.enable", Boolean.toString(config.encryption() == Encryption.STARTTLS));
        properties.put("mail.smtp.starttls.required", Boolean.toString(config.encryption() == Encryption.STARTTLS));
        properties.put("mail.smtp.auth", Boolean.toString(config.username() != null));
        // The answer to QUIT is of no use. If it is malformed, the library sends QUIT again, without end.
        properties.put("mail.smtp.quitwait", "false");
        // An address that is wrong is no reason to leave out the others.
        properties.put("mail.smtp.sendpartial", "true");
        this.session = Session.getInstance(properties, new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(config.username(), password);
            }
        });
    }

    private static @Nullable Notifier of(NotifierSetup setup, EmailConfig config) {
        if (config.host() == null) {
            return null;
        }
        String password = Secret.text(null, config.passwordFile(), setup.key("password"));
        return new EmailNotifier(config.checked(setup.where()), password, setup.links());
    }

    @Override
    public String kind() {
        return TYPE.kind();
    }

    @Override
    public Delivery send(Notification notification) {
        return send(notification, List.of());
    }

    @Override
    public Delivery send(Notification notification, List<String> recipients) {
        try {
            deliver(message(notification, recipients.isEmpty() ? config.to() : recipients));
            return new Delivery.Delivered();
        } catch (SendFailedException e) {
            return partly(e);
        } catch (MessagingException e) {
            return failed(e);
        }
    }

    /**
     * Sends a message. A failure to close the session is ignored, since the server has accepted the message or not
     * before.
     */
    private void deliver(MimeMessage message) throws MessagingException {
        message.saveChanges();
        Transport transport = session.getTransport();
        try {
            transport.connect();
            transport.sendMessage(message, message.getAllRecipients());
        } finally {
            try {
                transport.close();
            } catch (MessagingException e) {
                LOG.debug("the mail server does not say goodbye", e);
            }
        }
    }

    /** Some recipients are not taken: for good, or now, so that the next attempt is for those alone. */
    private static Delivery partly(SendFailedException e) {
        Address[] taken = e.getValidSentAddresses();
        if (taken == null || taken.length == 0) {
            return failed(e);
        }
        List<String> later = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (Throwable cause = e; cause != null; cause = next(cause)) {
            if (cause instanceof SMTPAddressFailedException failed) {
                List<String> these = failed.getReturnCode() / 100 == 5 ? refused : later;
                these.add(failed.getAddress().getAddress());
            }
        }
        return new Delivery.Partly(
                later,
                Stream.of(said("refused for good", refused), said("not taken now", later))
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining("; ")));
    }

    private static String said(String what, List<String> recipients) {
        return recipients.isEmpty() ? "" : what + ": " + String.join(", ", recipients);
    }

    private MimeMessage message(Notification notification, List<String> recipients) throws MessagingException {
        Message content = Message.of(notification, links);
        MimeMessage message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", id(notification.id()));
            }
        };
        message.setFrom(new InternetAddress(config.from()));
        for (String each : recipients) {
            message.addRecipient(RecipientType.TO, new InternetAddress(each));
        }
        message.setSubject(subject(content), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(Instant.ofEpochMilli(notification.atMs())));
        message.setHeader("References", id(notification.groupKey()));
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setText(text(content), StandardCharsets.UTF_8.name());
        return message;
    }

    private String id(String text) {
        return "<" + text.replaceAll("[^A-Za-z0-9.-]", "_") + "@" + domain + ">";
    }

    private static String subject(Message message) {
        // A line end would begin another header.
        String subject =
                ("[Weir " + message.severity().id() + "] " + message.headline()).replaceAll("\\p{Cntrl}+", " ");
        return Text.cut(subject, LONGEST_SUBJECT);
    }

    private static String text(Message message) {
        StringBuilder text = new StringBuilder();
        String chosen = message.text();
        if (chosen != null) {
            text.append(chosen).append("\n\n");
        } else {
            message.lines(Integer.MAX_VALUE, EmailNotifier::block, Message.Ended::line)
                    .forEach(block -> text.append(block).append("\n\n"));
        }
        message.links()
                .forEach(link ->
                        text.append(link.text()).append(": ").append(link.url()).append('\n'));
        return text.toString();
    }

    private static String block(AlertMessage message) {
        Alert alert = message.alert();
        String decidedBy = message.decidedBy();
        return Stream.of(
                        message.severity() + "  " + message.title(),
                        message.summary(),
                        message.who(),
                        message.policy(),
                        decidedBy == null ? null : "decided by " + decidedBy,
                        message.nearest(),
                        message.evidence(),
                        "Detector " + alert.detector() + ", first seen " + Instant.ofEpochMilli(alert.firstSeenMs()))
                .filter(Objects::nonNull)
                .collect(Collectors.joining("\n"));
    }

    /**
     * The outcome of an error by RFC 5321, section 4.2.1: replies with 5 are final, those with 4 may succeed later, and
     * so may any other error.
     */
    private static Delivery failed(MessagingException e) {
        int code = 0;
        for (Throwable cause = e; cause != null; cause = next(cause)) {
            int said = code(cause);
            boolean isKinder = said / 100 == 4 || code / 100 != 4;
            code = said > 0 && isKinder ? said : code;
        }
        boolean isLogin = e instanceof jakarta.mail.AuthenticationFailedException;
        return code / 100 == 5 && !isLogin
                ? new Delivery.Rejected("answered " + code)
                : new Delivery.RetryLater(
                        isLogin
                                ? "the login was refused"
                                : code > 0
                                        ? "answered " + code
                                        : "not reached: " + e.getClass().getSimpleName(),
                        null);
    }

    private static int code(Throwable e) {
        if (e instanceof SMTPSendFailedException failed) {
            return failed.getReturnCode();
        }
        if (e instanceof SMTPAddressFailedException failed) {
            return failed.getReturnCode();
        }
        Matcher said = CODE.matcher(String.valueOf(e.getMessage()));
        return said.find() ? Integer.parseInt(said.group()) : 0;
    }

    private static @Nullable Throwable next(Throwable e) {
        return e instanceof MessagingException messaging ? messaging.getNextException() : null;
    }
}
