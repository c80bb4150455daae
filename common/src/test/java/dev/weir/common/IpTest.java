package dev.weir.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,10.0.0.1",
        "2001:0DB8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "0:0:0:0:0:0:0:0,::",
        "::1,::1",
        "1::,1::",
        "1:0:2:0:3:0:4:0,1:0:2:0:3:0:4:0",
        "fe80:0:0:0:1:2:3:4,fe80::1:2:3:4",
        "::ffff:192.0.2.1,192.0.2.1"
    })
    void canonicalFormIsThatOfRfc5952(String text, String canonical) {
        assertThat(Ip.canonical(text)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0",
                "10.0.0.256",
                "010.0.0.1",
                "1.2.3.4.5",
                "1..2.3",
                "10.0.0.1/8",
                "fe80::1%eth0",
                "::g",
                "1:2:3:4:5:6:7:8:9",
                "a",
                "12345678",
                "1.2.3.4 "
            })
    void namesAndNearMissesAreNoAddresses(String text) {
        assertThat(Ip.canonical(text)).isNull();
        assertThat(Ip.parse(text)).isNull();
    }

    /**
     * Texts that are nearly canonical: zeros before a gap or behind it, gaps that are too short or not the first of the
     * longest.
     */
    @Test
    void textsOfEverySpellingBecomeThatOfTheirBytes() {
        String[] groups = {"0", "0", "0", "1", "f00", "ffff", "00", "0a", "A", "12345"};
        String[] separators = {":", ":", ":", ":", ":", "::", ":::"};
        Random random = new Random(20261128);
        int canonical = 0;
        for (int i = 0; i < 300_000; i++) {
            StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "::" : random.nextInt(20) == 0 ? ":" : "");
            int count = 1 + random.nextInt(8);
            int kinds = random.nextInt(3) == 0 ? groups.length : 6;
            for (int j = 0; j < count; j++) {
                text.append(j == 0 ? "" : separators[random.nextInt(separators.length)])
                        .append(groups[random.nextInt(kinds)]);
            }
            text.append(random.nextInt(6) == 0 ? "::" : "");
            byte[] bytes = Ip.parse(text.toString());
            assertThat(Ip.canonical(text.toString())).as("%s", text).isEqualTo(bytes == null ? null : Ip.toText(bytes));
            canonical += text.toString().equals(Ip.canonical(text.toString())) ? 1 : 0;
        }
        assertThat(canonical).isGreaterThan(1_000);
    }

    @Test
    void everyAddressReadsBackAsItself() throws Exception {
        Random random = new Random(5);
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.nextBytes(bytes);
            for (int j = 0; j < bytes.length; j++) {
                if (random.nextBoolean()) {
                    bytes[j] = 0;
                }
            }
            String text = Ip.toText(bytes);
            assertThat(Ip.parse(text)).isEqualTo(InetAddress.getByAddress(bytes).getAddress());
            assertThat(Ip.canonical(text)).isEqualTo(text);
        }
    }

    @Test
    void privateSpaceIsDistinguishedFromPublic() {
        assertThat(new String[] {
                    "10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "fd00::1", "::1"
                })
                .allMatch(Ip::isPrivate);
        assertThat(new String[] {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:db8::1"})
                .noneMatch(Ip::isPrivate);
        assertThat(new String[] {"224.0.0.251", "ff02::1", "255.255.255.255"}).allMatch(Ip::isMulticast);
        assertThat(new String[] {"10.0.0.255", "2001:db8::1"}).noneMatch(Ip::isMulticast);
    }
}
