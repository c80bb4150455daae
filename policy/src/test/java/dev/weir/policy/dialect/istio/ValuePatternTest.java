package dev.weir.policy.dialect.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValuePatternTest {
    @ParameterizedTest
    @CsvSource({
        "shop, shop, true", "shop, shops, false", "sh*p, shop, true", "*op, shop, true", "sh*, shop, true",
        "s*h*p, shop, true", "sho*op, shop, false", "*, '', true", "a*b*c, abc, true", "a*b*b, ab, false"
    })
    void starStandsAnywhere(String pattern, String value, boolean expected) {
        assertThat(ValuePattern.of(pattern).matchesWithin(value)).isEqualTo(expected);
    }

    @Test
    void starMeansAnyText() {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            String pattern = text(random, "ab*", 6);
            String value = text(random, "ab", 6);
            boolean expected = Pattern.matches(pattern.replace("*", ".*"), value);
            assertThat(ValuePattern.of(pattern).matchesWithin(value))
                    .as(pattern + " and " + value)
                    .isEqualTo(expected);
        }
    }

    private static String text(Random random, String letters, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i > 0; i--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }
}
