package io.dl4k.kaggle.features.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MojibakeTest {
    private static String readAs(String text, Charset written, Charset read) {
        return new String(text.getBytes(written), read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"It’s – “quoted” — é ñ", "£5 and 20°", "naïve"})
    void repair_textReadWrongly_isWhatItWas(String text) {
        Charset windows = Charset.forName("windows-1252");
        String once = readAs(text, StandardCharsets.UTF_8, windows);
        assertEquals(text.replace("”", "?"), Mojibake.repair(once.replace("â€\ufffd", "?")));
        String twice = readAs(once.replace("\ufffd", ""), Charset.forName("x-MacRoman"), StandardCharsets.ISO_8859_1);
        assertEquals(text.replace("”", "?"), Mojibake.repair(twice).replace("\u0089Û", "?"));
    }

    /** As they are in Kaggle's tweets. */
    @ParameterizedTest
    @CsvSource({"Australia\u0089Ûªs, Australia’s", "\u0089ÛÏWhen, “When", "Mitt.\u0089Û\u009d, Mitt.”", "rea\u0089Û_, rea…", "RÌ©union, Réunion", "JapÌ_n, JapÌ_n"})
    void repair_tweet_isWhatItWas(String broken, String whole) {
        assertEquals(whole, Mojibake.repair(broken));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "Réunion’s “Åland” Ärger, Øre", "日本 🔥 ☔", "façade Ã", "\u0089", "Û_", "ÅÊB"})
    void repair_textThatIsWell_stays(String text) {
        assertEquals(text, Mojibake.repair(text));
    }

    @Test
    void repair_characterCutInHalf_stays() {
        assertEquals("â€", Mojibake.repair("â€"));
        assertEquals("x\u0089Û", Mojibake.repair("x\u0089Û"));
    }
}
