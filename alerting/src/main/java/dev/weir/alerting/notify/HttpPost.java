package dev.weir.alerting.notify;

import dev.weir.common.Ip;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Posts JSON, or the type in the headers, and reads the answer as a {@link Delivery}: 2xx delivered, 408, 429 and 5xx
 * later, anything else never.
 */
public final class HttpPost {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final HttpClient client;
    private final Duration timeout;
    private final InstantSource clock;
    private final boolean allowsPrivate;

    /**
     * Creates a client.
     *
     * @param allowsPrivate true to allow addresses that exist in this network only
     */
    public HttpPost(InstantSource clock, boolean allowsPrivate) {
        this(clock, allowsPrivate, TIMEOUT);
    }

    HttpPost(InstantSource clock, boolean allowsPrivate, Duration timeout) {
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.timeout = timeout;
        this.clock = clock;
        this.allowsPrivate = allowsPrivate;
    }

    public Delivery post(URI url, byte[] body, Map<String, String> headers) throws InterruptedException {
        if (!allowsPrivate && isPrivate(url)) {
            return new Delivery.Rejected("its address is a private one, and alerting.private_targets is false");
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::setHeader);
        try {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            // The rest of the answer may take for ever.
            response.body().close();
            return delivery(response);
        } catch (UnresolvedAddressException | IOException e) {
            return new Delivery.RetryLater("not reached: " + e.getClass().getSimpleName(), null);
        } catch (IllegalArgumentException e) {
            // The answer cannot be read; the request was built before.
            return new Delivery.RetryLater("answered what cannot be read", null);
        }
    }

    private static boolean isPrivate(URI url) {
        try {
            for (InetAddress address : InetAddress.getAllByName(url.getHost())) {
                if (!Ip.isPublic(Ip.toText(address.getAddress()))) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException e) {
            // The attempt to post reports it.
            return false;
        }
    }

    private Delivery delivery(HttpResponse<?> response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return new Delivery.Delivered();
        }
        if (status == 408 || status == 429 || status / 100 == 5) {
            Optional<String> after = response.headers().firstValue("Retry-After");
            return new Delivery.RetryLater(
                    "answered " + status, after.map(this::wait).orElse(null));
        }
        return new Delivery.Rejected("answered " + status);
    }

    /** The pause in {@code Retry-After}, seconds or a date (RFC 9110, section 10.2.3). */
    private @Nullable Duration wait(String retryAfter) {
        Duration wait;
        try {
            wait = Duration.ofSeconds(Long.parseLong(retryAfter.trim()));
        } catch (NumberFormatException notSeconds) {
            try {
                Instant until = ZonedDateTime.parse(retryAfter.trim(), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                wait = Duration.between(clock.instant(), until);
            } catch (DateTimeException neither) {
                return null;
            }
        }
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }
}
