package io.dl4k.kaggle.features.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.data.DataFiles;
import io.dl4k.data.Table;
import io.dl4k.data.TextColumn;
import io.dl4k.kaggle.competition.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TweetTokenizerTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "Forest fire near La Ronge Sask. Canada                     | forest fire near la ronge sask canada",
        "13,000 people receive #wildfires evacuation orders         | <number> people receive <hashtag> wildfires evacuation orders",
        "How they did it http://t.co/x8BY6Wc2FE via @Some_One       | how they did it <link> via <mention>",
        "cut off https://t.co/                                      | cut off <link>",
        "a river in Indiahttp://t.co/x                              | a river in india <link>",
        "mail me@home.org                                           | mail me home org",
        "&lt;&lt;IT'S ON&gt;&gt; fish &amp; chips &amp;amp; tea     | it's on fish chips tea",
        "&#8220;Goooooal!!!!&#8221; WHAT?!?! why??? ...             | goooooal ! what !? why ? …",
        "#StormWarning2015 #MH370 #RT #nowplaying                   | <hashtag> storm warning <number> <hashtag> mh <number> <hashtag> rt <hashtag> nowplaying",
        "at 5:30pm on 29-07-2015, 3.5% up                           | at <number> pm on <number> <number> <number> <number> up",
        "fire🔥🔥 👍🏽 ☔                                             | fire 🔥 🔥 👍 ☔",
        "China\u0089Ûªs Stock Market \u0089ÛÒ rea\u0089Û_           | china's stock market rea …",
        "Debris on RÌ©union                                         | debris on réunion",
        "don’t donâ€™t don`t                                        | don't don't don't",
        "a @ b # c & d                                              | a b c d",
        "~~                                                         | ~~",
    })
    void tokens_ofARealisticTweet(String text, String tokens) {
        String unescaped = text.translateEscapes();
        String expected = tokens.replace("goooooal", "gooal");
        assertEquals(expected.isEmpty() ? List.of() : List.of(expected.split(" ")), TweetTokenizer.tokens(unescaped));
    }

    @ParameterizedTest
    @ValueSource(strings = {"&#xD83D;", "&#55357;", "&#9999999;", "&unknown;", "&;", "&#;", "&#x110000;"})
    void clean_entityWithoutCharacter_stays(String text) {
        assertEquals(text, TweetTokenizer.clean(text));
    }

    @Test
    void clean_whiteSpaceAndQuotes_becomePlain() {
        assertEquals("a \"b\" 'c' d", TweetTokenizer.clean("  a\n\t“b” ‘c’\u00a0d\u0000 "));
        assertEquals("🚒 é", TweetTokenizer.clean("&#128658; &#xe9;"));
    }

    /** All of Kaggle's tweets: nothing that was to be cleaned is left. */
    @Test
    void tokens_ofAllOfKagglesTweets_areClean() throws IOException {
        Optional<Path> zip = Rows.kaggleZip("nlp-getting-started.zip");
        assumeTrue(zip.isPresent(), "nlp-getting-started.zip is not in shared/data");
        try (DataFiles files = DataFiles.open(zip.get())) {
            for (String name : List.of("train.csv", "test.csv")) {
                TextColumn texts = Table.read(files.require(name)).text("text");
                int empty = 0;
                for (int row = 0; row < texts.size(); row++) {
                    List<String> tokens = TweetTokenizer.tokens(texts.value(row));
                    empty += tokens.isEmpty() ? 1 : 0;
                    String joined = " " + String.join(" ", tokens) + " ";
                    assertFalse(joined.matches(".*(http|www\\.|&|@|#|\u0089|[A-Z]|\\d).*"), () -> "of a tweet is left: " + joined);
                    assertTrue(tokens.stream().allMatch(token -> token.startsWith("<") || !token.contains(" ")));
                }
                assertTrue(empty < 5, name + " has " + empty + " tweets without tokens");
            }
        }
    }
}
