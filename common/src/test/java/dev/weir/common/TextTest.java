package dev.weir.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void longTextEndsWithTheMark() {
        assertThat(Text.cut("shop/mailer", 11)).isEqualTo("shop/mailer");
        assertThat(Text.cut("shop/mailer", 5)).isEqualTo("shop…");
        assertThat(Text.cut("shop/mailer", 4, "")).isEqualTo("shop");
    }

    @Test
    void domainIsInLowerCaseWithoutTheDotOfTheRoot() {
        assertThat(Text.domain("Example.COM.")).isEqualTo("example.com");
        assertThat(Text.domain("example.com")).isEqualTo("example.com");
        assertThat(Text.domain("example.com..")).isEqualTo("example.com.");
        assertThat(Text.domain(".")).isEmpty();
    }
}
