package io.dl4k.kaggle.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.kaggle.page.Html;
import io.dl4k.kaggle.page.Numbers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportPageTest {
    private static final List<String> LABELS = List.of("no", "yes");

    @Test
    void of_anyReport_refersToNothingOutside() {
        String page = ReportPage.of(Samples.report("Digits", List.of("0", "1", "2"), Samples.NOON)) + ReportPage.of(Samples.report("Titanic", LABELS, Samples.NOON));
        Matcher references = Pattern.compile("(?i)\\b(?:src|href|srcset|action|poster)\\s*=\\s*[\"']([^\"']*)|url\\(([^)]*)\\)|@import\\s+(\\S+)").matcher(page);
        assertEquals(List.of(), references.results().map(m -> m.group(1) != null ? m.group(1) : m.group(2) != null ? m.group(2) : m.group(3)).filter(to -> !to.startsWith("data:")).toList());
        for (String way : List.of("fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "EventSource", "import(", "<iframe")) {
            assertFalse(page.contains(way), way);
        }
        // The one address in it is in the chart library's own first line, a comment.
        assertEquals(List.of("/*! https:", "/*! https:"), Pattern.compile("(/\\*! )?https?:").matcher(page).results().map(m -> m.group()).toList());
        assertTrue(page.contains("default-src 'none'"), "the browser is told to refuse the rest");
    }

    @Test
    void of_sameRunAtAnotherTime_differsInTheTimesAlone() {
        String first = ReportPage.of(Samples.report("Titanic", LABELS, Samples.NOON));
        String second = ReportPage.of(Samples.report("Titanic", LABELS, Samples.NOON.plusSeconds(61)));
        assertNotEquals(first, second);
        Pattern times = Pattern.compile("<section id=\"times\">.*?</section>", Pattern.DOTALL);
        assertEquals(times.matcher(first).replaceFirst(""), times.matcher(second).replaceFirst(""));
        assertTrue(first.contains("Finished 2026-01-02 12:00:00 UTC after "), first);
    }

    @Test
    void of_textFromData_isEscapedEverywhere() {
        String hostile = "<b>&\"'</script>";
        String page = ReportPage.of(Samples.report(hostile, List.of(hostile, "yes"), Samples.NOON));
        assertFalse(page.contains(hostile));
        assertTrue(page.contains("<h1>&lt;b&gt;&amp;&quot;&#39;&lt;/script&gt;</h1>"));
        assertEquals(3, Pattern.compile("</script>").matcher(page).results().count());
    }

    @Test
    void of_histories_dataHasTheirNumbers() throws Exception {
        String page = ReportPage.of(Samples.report("Titanic", LABELS, Samples.NOON));
        Matcher block = Pattern.compile("id=\"data\">(.*?)</script>", Pattern.DOTALL).matcher(page);
        assertTrue(block.find());
        JsonNode data = JsonMapper.builder().build().readTree(block.group(1));
        assertEquals("mlp", data.at("/folds/0/name").asText());
        assertEquals(0.5, data.at("/folds/1/mean").asDouble());
        assertEquals(0.1 / Math.sqrt(3), data.at("/folds/1/error").asDouble(), 1e-12);
        assertEquals(4, data.get("curves").size());
        assertEquals("[2.0,1.0,0.5]", data.at("/curves/0/lines/0").toString());
        assertEquals("[1.8,1.2,null]", data.at("/curves/0/lines/1").toString());
        assertEquals("[1.9,1.1,0.5]", data.at("/curves/0/mean").toString());
    }

    @Test
    void of_networksFromACheckpoint_saysThatTheirCurvesAreMissing() {
        String page = ReportPage.of(Samples.report("Titanic", LABELS, Samples.NOON));
        assertTrue(page.contains("1 of 3 networks came from a checkpoint of an interrupted run, which keeps no learning curves."));
    }

    private static JsonNode data(String page) throws Exception {
        Matcher block = Pattern.compile("id=\"data\">(.*?)</script>", Pattern.DOTALL).matcher(page);
        assertTrue(block.find());
        return JsonMapper.builder().build().readTree(block.group(1));
    }

    @Test
    void of_twoClasses_saysHowTheyAreToldApart() throws Exception {
        Report report = Samples.report("Titanic", LABELS, Samples.NOON);
        String page = ReportPage.of(report);
        Roc roc = report.findings().roc().orElseThrow();
        assertTrue(page.contains("<h2>Telling “yes” from the rest, out of fold</h2>"));
        assertTrue(page.contains(String.format(java.util.Locale.ROOT, "At the threshold submitted with, 0.43, %d of the 30 rows are found", roc.chosen().hits())), page);
        assertTrue(page.contains("So was the threshold, from the same rows."));
        JsonNode plots = data(page).get("plots");
        assertEquals("roc-curve", plots.at("/0/id").asText());
        assertEquals(roc.cuts().size(), plots.at("/0/series/1/x").size());
        assertEquals("mark", plots.at("/0/series/2/draw").asText());
        assertEquals(roc.chosen().recall(), plots.at("/0/series/2/y/0").asDouble());
        assertEquals("reliability", plots.at("/2/id").asText());
    }

    @Test
    void of_blend_saysWhoVotesHowMuch() {
        String page = ReportPage.of(Samples.report("Titanic", LABELS, Samples.NOON));
        assertTrue(page.contains("<dt>submitted</dt><dd>blend of 2, 6 networks</dd>"));
        assertTrue(page.contains("<tr class=\"best\"><th scope=\"row\">cnn</th><td>CNN</td><td class=\"number\">0.25</td>"));
    }

    @Test
    void of_importance_longestBarFirstAndNoneForHarm() {
        String page = ReportPage.of(Samples.report("Titanic", LABELS, Samples.NOON));
        Matcher bars = Pattern.compile("<th scope=\"row\">([^<]*)</th><td><i style=\"width:([0-9.]+)%\"></i></td><td class=\"number\">([^<]*)</td>").matcher(page);
        assertEquals(List.of("Age 100.0 0.1200", "no 8.3 0.0100", "Ticket 0.0 -0.0200"), bars.results().map(m -> m.group(1) + " " + m.group(2) + " " + m.group(3)).toList());
    }

    @Test
    void of_worstErrors_showsTextsValuesAndImages() {
        String two = ReportPage.of(Samples.report("Titanic", LABELS, Samples.NOON));
        assertTrue(two.contains("<article><p>predicted <b>yes</b>, is <b>no</b></p><p class=\"note\">2.1% for what it is, line 12</p><blockquote>forest fire near la ronge"));
        assertTrue(two.contains("<dl><dt>no</dt><dd>yes</dd><dt>Cabin</dt><dd>–</dd></dl></article>"));
        String many = ReportPage.of(Samples.report("Digits", List.of("0", "1", "2"), Samples.NOON));
        assertEquals(8, Pattern.compile("<article><img src=\"data:image/png;base64,iVBORw0KGgo[^\"]+\" alt=\"the image of line \\d+\"><p>").matcher(many).results().count());
    }

    @Test
    void of_numbers_showsResidualsAndThatFewRowsDecide() throws Exception {
        Report report = Samples.numbers("House Prices");
        String page = ReportPage.of(report);
        assertTrue(page.contains("<h2>SalePrice: predicted against actual, out of fold</h2>"));
        assertTrue(page.contains("An error is log(1 + predicted) - log(1 + actual): 0.1 is about a tenth too high."));
        JsonNode plots = data(page).get("plots");
        assertEquals(true, plots.at("/0/x/logarithmic").asBoolean());
        assertEquals(false, plots.at("/2/x/logarithmic").asBoolean());
        assertEquals(400, plots.at("/0/series/0/x").size());
        assertTrue(ReportPage.trustSentences(report).stream().anyMatch(s -> s.startsWith("Few rows decide this score: the worst hundredth of them makes")));
        assertFalse(page.contains("id=\"confusion\""));
    }

    @Test
    void trustSentences_foldsAndCandidates_nameEveryDoubt() {
        Contender only = new Contender("mlp", "MLP", 0.8, List.of(0.7, 0.9), 100, 0.5, List.of(new Contender.Member(0, 0, 5, 0.70, Optional.empty()), new Contender.Member(1, 0, 5, 0.71, Optional.empty())));
        Trust trust = new Trust("accuracy", 0.8, 100, 2, 0.8, java.util.OptionalDouble.of(0.1), java.util.OptionalDouble.of(0.04), 1, 0.5, 1);
        Report report = new Report("t", "accuracy", List.of(), List.of(only, only), 0, 6, 0, trust, Optional.of(new Outlook("Beware of Mondays.", 1.25)), Findings.of(Optional.empty()), new Report.Times(Samples.NOON, 1, "", List.of(1.0, 1.0)));
        assertEquals(List.of(
                "Accuracy of 0.8000 over 100 rows, each predicted only by networks that were not trained on it. The 2 folds' scores have a mean of 0.8000 with a standard error of 0.1000 "
                        + "(so few folds tell little of how scores scatter). The luck of which rows were validated alone is worth 0.0400. Adding the luck of the 1 test row, expect between "
                        + "0.5000 and 1.0000 on them, 19 times out of 20; Kaggle's public leaderboard shows only a part of them and scatters more.",
                "What this does not see: it holds only if the test rows are like the training rows. Folds share training rows, so their standard error is too small rather than too large. "
                        + "The blend's weights were chosen from 2 candidates by this very score, which flatters it a little. The submission averages all 4 networks, the score above only those that had not "
                        + "seen the row: it may do a little better.",
                "Beware of Mondays. The range above allows for an error 1.3 times as large.",
                "The time budget ended the run after 4 of 6 networks."), ReportPage.trustSentences(report));
        Report anew = new Report("t", "accuracy", List.of(), List.of(only, only), 0, 4, 3, trust, Optional.empty(), Findings.of(Optional.empty()), new Report.Times(Samples.NOON, 1, "", List.of(1.0, 1.0)));
        assertTrue(ReportPage.trustSentences(anew).get(1).endsWith(" The submission is of 3 networks trained anew on all rows, the latest ones too, which no fold could be: it may do a little better."),
                () -> ReportPage.trustSentences(anew).toString());
    }

    @ParameterizedTest
    @CsvSource({"0.83612, 0.8361", "0, 0.0000", "-1e-16, 0.0000", "0.00012345, 1.23e-04", "23456.78, '23,456.8'", "NaN, –"})
    void number_ofAnySize_keepsItsDigits(double x, String expected) {
        assertEquals(expected, Numbers.text(x));
    }

    @Test
    void escape_whatNoPageMayHold_isReplaced() {
        assertEquals("a\uFFFD\uFFFD\uFFFDb\n\uD83D\uDE00", Html.escape("a\0\uD800\uFFFEb\n\uD83D\uDE00"));
    }

    @Test
    void write_overAnOldReport_replacesIt(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("r.html"), "old");
        Report report = Samples.report("Titanic", LABELS, Samples.NOON);
        ReportPage.write(file, report);
        assertEquals(ReportPage.of(report), Files.readString(file));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }
}
