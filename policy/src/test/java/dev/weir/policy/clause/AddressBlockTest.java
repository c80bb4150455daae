package dev.weir.policy.clause;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressBlockTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            10.0.0.1/8,           10.0.0.0/8
            010.0.0.0/08,         10.0.0.0/8
            ::ffff:10.0.0.0/104,  10.0.0.0/8
            fd00::00001/64,       fd00::/64
            """)
    void spellingsOfTheSameBlockAreEqual(String spelled, String plain) {
        assertThat(Objects.requireNonNull(AddressBlock.parse(spelled))).isEqualTo(AddressBlock.parse(plain));
        assertThat(CidrText.problem(spelled)).endsWith("; write " + plain);
        assertThat(CidrText.problem(plain)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0",
        "10.0.0/8",
        "10.0.0.0/33",
        "10.0.0.256/8",
        "fe80::1%eth0/64",
        "/8",
        "10.0.0.0/8/8",
        "fd00::/129"
    })
    void textsThatAreNoBlockAreRefused(String text) {
        assertThat(AddressBlock.parse(text)).isNull();
        assertThat(CidrText.isCidr(text)).isFalse();
    }
}
