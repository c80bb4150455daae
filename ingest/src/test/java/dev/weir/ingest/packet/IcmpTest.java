package dev.weir.ingest.packet;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IcmpTest {
    @ParameterizedTest
    @CsvSource({
        "1, 0, false, true",
        "1, 3, true,",
        "1, 4, true,",
        "1, 5, true,",
        "1, 8, false, false",
        "1, 9, false,",
        "1, 42, false, false",
        "1, 43, false, true",
        "58, 160, false, false",
        "58, 161, false, true",
        "58, 144, false, false",
        "58, 145, false, true",
        "1, 11, true,",
        "1, 12, true,",
        "1, 13, false, false",
        "1, 14, false, true",
        "58, 1, true,",
        "58, 2, true,",
        "58, 3, true,",
        "58, 4, true,",
        "58, 127, true,",
        "58, 128, false, false",
        "58, 129, false, true",
        "58, 135, false,",
        "58, 137, true,",
        "6, 3, false,"
    })
    void typesAreClassifiedByTheRegistry(int protocol, int type, boolean isError, @Nullable Boolean isReply) {
        assertThat(Icmp.isError(protocol, type)).isEqualTo(isError);
        assertThat(Icmp.isReply(protocol, type)).isEqualTo(isReply);
    }
}
