package dev.weir.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8,       10.0.0.0/8",
        "192.0.2.7,        192.0.2.7/32",
        "0.0.0.0/0,        0.0.0.0/0",
        "192.0.2.255/25,   192.0.2.128/25",
        "2001:DB8::1/32,   2001:db8::/32",
        "fe80::1,          fe80::1/128",
        "::ffff:10.0.0.1,  10.0.0.1/32"
    })
    void blockIsNamedByItsFirstAddress(String text, String canonical) {
        assertThat(parsed(text))
                .hasToString(canonical)
                .isEqualTo(parsed(canonical))
                .hasSameHashCodeAs(parsed(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0/8",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "::/129",
                "host/8"
            })
    void textsThatAreNoBlockAreRefused(String text) {
        assertThat(Cidr.parse(text)).isNull();
    }

    @Test
    void prefixLongerThanTheAddressIsRefused() {
        assertThatThrownBy(() -> Cidr.of(new byte[4], 33)).hasMessageContaining("0..32");
    }

    @Test
    void blockContainsAddressesWithTheSameLeadingBits() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] network = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(network);
            int prefix = random.nextInt(network.length * 8 + 1);
            int flipped = random.nextInt(network.length * 8);
            byte[] address = network.clone();
            address[flipped / 8] ^= (byte) (0x80 >> flipped % 8);

            Cidr block = Cidr.of(network, prefix);

            if (!block.contains(network) || block.contains(address) != (flipped >= prefix)) {
                throw new AssertionError(block + " with " + Ip.toText(address));
            }
        }
    }

    @Test
    void blockContainsNarrowerBlocksOfItsFamily() {
        assertThat(parsed("10.0.0.0/8").contains(parsed("10.1.0.0/16"))).isTrue();
        assertThat(parsed("10.0.0.0/8").contains(parsed("10.0.0.0/8"))).isTrue();
        assertThat(parsed("10.1.0.0/16").contains(parsed("10.0.0.0/8"))).isFalse();
        assertThat(parsed("0.0.0.0/0").contains(parsed("::/0"))).isFalse();
    }

    private static Cidr parsed(String text) {
        return Objects.requireNonNull(Cidr.parse(text));
    }
}
