package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.L7;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks that every format splits a URL into host and path. */
class UrlTest {
    private static final String HUBBLE =
            "{\"flow\":{\"time\":\"2026-03-01T10:00:00Z\",\"verdict\":\"FORWARDED\",\"IP\":{\"source\":\"10.0.1.5\","
                    + "\"destination\":\"10.0.2.9\"},\"l4\":{\"TCP\":{\"source_port\":40000,\"destination_port\":80}},"
                    + "\"l7\":{\"http\":{\"method\":\"GET\",\"url\":%s,\"code\":404}}}}";

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "http://api.data:8080/v1/items?id=1&access_token=s3cret, api.data:8080, /v1/items",
        "http://me:s3cret@api.data/v1#s3cret, api.data, /v1",
        "//api.data:8080/v1?access_token=s3cret, api.data:8080, /v1",
        "/v1?access_token=s3cret, , /v1"
    })
    void urlOfHubbleIsHostAndPath(String url, String host, String path) {
        assertThat(Reading.one(HUBBLE.formatted('"' + url + '"')).l7())
                .isEqualTo(new L7(null, new L7.Http("GET", host, path, 404), null));
    }

    /** The line as a rotated log leaves it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"flow\":{\"l7\":{\"http\":{\"url\":\"http://h/x?access_token=s3cret\"",
                "{\"start_time\":\"2026-05-01T10:00:00Z\",\"path\":\"/v1?token=s3cret\"",
                "{\"start_ms\":1,\"l7\":{\"http\":{\"path\":\"/v1?token=s3cret\""
            })
    void errorForCutLineQuotesNothing(String line) {
        for (LineFormat format : LineFormats.all()) {
            assertThatThrownBy(() -> format.reader().read(line.getBytes(StandardCharsets.UTF_8)))
                    .as(format.id())
                    .hasMessageNotContaining("s3cret");
        }
    }

    @Test
    void envoyPathAndAuthorityLoseTheirSecrets() {
        String line = "{\"start_time\":\"2026-05-01T10:00:00Z\",\"downstream_remote_address\":\"10.0.0.1:40000\","
                + "\"downstream_local_address\":\"10.0.0.2:80\",\"method\":\"GET\",\"authority\":\"me:s3cret@api\","
                + "\"path\":\"http://me:s3cret@api/v1?token=s3cret\",\"response_code\":200}";
        assertThat(Reading.one(line).l7()).isEqualTo(new L7(null, new L7.Http("GET", "api", "/v1", 200), null));
    }

    @Test
    void errorForInvalidUrlDoesNotRepeatIt() {
        assertThatThrownBy(() -> Reading.one(HUBBLE.formatted("{\"query\":\"s3cret\"}")))
                .hasMessage("flow.l7.http.url: is not a text");
    }
}
