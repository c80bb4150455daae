package dev.weir.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Flow;
import dev.weir.model.L7;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZeekTextTest {
    private static final String COLUMNS = "#separator \\x09\n#set_separator\t,\n"
            + "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tanswers\n"
            + "#types\ttime\taddr\tport\taddr\tport\tenum\tstring\tvector[string]\n"
            + "1\t10.0.1.5\t44321\t10.0.0.10\t53\tudp\t%s\t%s";
    private static final String JSON = "{\"ts\":1,%s,\"proto\":\"tcp\"}";

    @ParameterizedTest
    @CsvSource({
        "caf\\xc3\\xa9.example, café.example",
        "\\xe6\\x97\\xa5\\xe6\\x9c\\xac.example, 日本.example",
        "\\xf0\\x9f\\x98\\x80, 😀",
        "a\\x09b\\x20c, 'a\tb c'",
        "\\xff\\xfe.example, \\xff\\xfe.example",
        "plain.example, plain.example"
    })
    void escapedBytesAreUtf8(String written, String read) {
        L7 l7 = new L7(new L7.Dns(read, null, null, List.of("192.0.2.5", read)), null, null);
        assertThat(Reading.one(COLUMNS.formatted(written, "192.0.2.5," + written))
                        .l7())
                .isEqualTo(l7);
        String json = JSON.formatted("\"query\":\"Q\",\"answers\":[\"192.0.2.5\",\"Q\"],\"id.orig_h\":\"10.0.1.5\","
                        + "\"id.resp_h\":\"10.0.2.9\"")
                .replace("Q", written.replace("\\", "\\\\"));
        assertThat(Reading.one(json).l7()).isEqualTo(l7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"id.orig_h\":\"10.0.1.5\",\"id.orig_p\":44321,\"id.resp_h\":\"10.0.2.9\",\"id.resp_p\":5432",
                "\"id_orig_h\":\"10.0.1.5\",\"id_orig_p\":44321,\"id_resp_h\":\"10.0.2.9\",\"id_resp_p\":5432",
                "\"id\":{\"orig_h\":\"10.0.1.5\",\"orig_p\":44321,\"resp_h\":\"10.0.2.9\",\"resp_p\":5432}"
            })
    void endpointsAreReadInAllSpellings(String ends) {
        Flow flow = Reading.one(JSON.formatted(ends));
        assertThat(flow.source().port()).isEqualTo(44_321);
        assertThat(flow.destination().ip()).isEqualTo("10.0.2.9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id.", "id_"})
    void columnsAreReadInAllSpellings(String prefix) {
        Flow flow = Reading.one(COLUMNS.formatted("a.example", "b.example").replace("\tid.", "\t" + prefix));
        assertThat(flow.destination().port()).isEqualTo(53);
    }
}
