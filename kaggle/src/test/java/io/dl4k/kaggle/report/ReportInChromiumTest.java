package io.dl4k.kaggle.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.kaggle.page.Chromium;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page in a browser. Skipped where there is no Chromium; {@code -Ddl4k.screenshots=FOLDER} keeps pictures to look at. */
class ReportInChromiumTest {
    private static final int CHARTS = 6;
    private static final List<String> DIGITS = IntStream.range(0, 10).mapToObj(String::valueOf).toList();

    @TempDir
    static Path profile;

    private static Chromium chromium;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Chromium.executable().isPresent(), "Chromium is not installed (Debian: apt-get install chromium)");
        chromium = Chromium.start(Chromium.executable().orElseThrow(), profile);
    }

    @AfterAll
    static void stop() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
    }

    private Path page(String title, List<String> labels) throws Exception {
        Path file = folder.resolve("report.html");
        ReportPage.write(file, Samples.report(title, labels, Samples.NOON));
        return file;
    }

    private static void keep(String name, byte[] bytes) throws Exception {
        String wanted = System.getProperty("dl4k.screenshots");
        if (wanted != null) {
            Files.write(Files.createDirectories(Path.of(wanted)).resolve(name), bytes);
        }
    }

    /** Pixels of each canvas that are not of its commonest colour: an empty chart has none. */
    private static int[] drawnPixels() throws Exception {
        var counts = chromium.evaluate("""
                [...document.querySelectorAll("canvas")].map(canvas => {
                  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
                  return pixels.reduce((n, p) => n + (p !== pixels[0]), 0);
                })""");
        return IntStream.range(0, counts.size()).map(i -> counts.get(i).asInt()).toArray();
    }

    @ParameterizedTest
    @CsvSource({"360, false", "360, true", "1280, false", "1280, true"})
    void page_atAnyWidth_drawsAndFitsAndAsksForNothing(int width, boolean dark) throws Exception {
        Path file = page("Digits", DIGITS);
        chromium.open(file, width, dark);
        keep("report-" + width + (dark ? "-dark" : "-light") + ".png", chromium.screenshot());
        assertEquals(List.of(), chromium.complaints());
        assertEquals(List.of(), chromium.requests().stream().filter(address -> !address.equals(file.toUri().toString()) && !address.startsWith("data:")).toList());
        assertEquals(width, chromium.evaluate("document.documentElement.scrollWidth").asInt());
        int[] drawn = drawnPixels();
        assertEquals(CHARTS, drawn.length);
        for (int pixels : drawn) {
            assertTrue(pixels > 500, () -> "a chart is empty: " + java.util.Arrays.toString(drawn));
        }
        assertEquals(dark ? "rgb(18, 22, 28)" : "rgb(246, 247, 249)", chromium.evaluate("getComputedStyle(document.body).backgroundColor").asText());
    }

    @Test
    void page_resizedFromPhoneToDesktop_chartsFollow() throws Exception {
        chromium.open(page("Digits", DIGITS), 360, false);
        int narrow = chromium.evaluate("document.querySelector('#folds canvas').clientWidth").asInt();
        chromium.resize(1280);
        int wide = chromium.evaluate("document.querySelector('#folds canvas').clientWidth").asInt();
        assertTrue(narrow < 360 && wide > 800, narrow + " and " + wide);
    }

    @Test
    void page_manyClassesWithLongNames_fitsAPhone() throws Exception {
        List<String> labels = IntStream.range(0, 25).mapToObj(i -> "a class with a long name " + i).toList();
        chromium.open(page("A-title-without-any-place-to-break-it-at-".repeat(4), labels), 360, false);
        keep("report-long-names.png", chromium.screenshot());
        assertEquals(List.of(), chromium.complaints());
        assertEquals(360, chromium.evaluate("document.documentElement.scrollWidth").asInt());
    }

    @ParameterizedTest
    @CsvSource({"360, false", "1280, true"})
    void page_ofTwoClassesAndOfNumbers_drawsEveryChart(int width, boolean dark) throws Exception {
        for (Report report : List.of(Samples.report("Titanic", List.of("no", "yes"), Samples.NOON), Samples.numbers("House Prices"))) {
            Path file = folder.resolve("report.html");
            ReportPage.write(file, report);
            chromium.open(file, width, dark);
            keep("report-" + report.title() + "-" + width + (dark ? "-dark" : "-light") + ".png", chromium.screenshot());
            assertEquals(List.of(), chromium.complaints());
            assertEquals(width, chromium.evaluate("document.documentElement.scrollWidth").asInt());
            int[] drawn = drawnPixels();
            assertEquals(chromium.evaluate("document.querySelectorAll('.chart').length").asInt(), drawn.length);
            for (int pixels : drawn) {
                assertTrue(pixels > 500, () -> "a chart is empty: " + java.util.Arrays.toString(drawn));
            }
        }
    }

    @Test
    void page_hostileNames_runNothing() throws Exception {
        String hostile = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">";
        chromium.open(page(hostile, List.of(hostile, "'\"&<b>")), 1280, false);
        assertEquals(hostile + " - DL4K report", chromium.evaluate("document.title").asText());
        assertEquals(hostile, chromium.evaluate("document.querySelector('h1').textContent").asText());
        assertEquals(List.of(), chromium.complaints());
        assertEquals(0, chromium.evaluate("document.querySelectorAll('img:not([src^=\"data:image/png\"])').length").asInt());
    }

    @Test
    void page_printedFromADarkScreen_isInkOnPaper() throws Exception {
        chromium.open(page("Digits", DIGITS), 1280, true);
        byte[] pdf = chromium.pdf();
        keep("report.pdf", pdf);
        assertEquals("%PDF", new String(pdf, 0, 4, java.nio.charset.StandardCharsets.US_ASCII));
        assertEquals(List.of(), chromium.complaints());
        // Back on the screen, everything is as it was.
        assertEquals("rgb(18, 22, 28)", chromium.evaluate("getComputedStyle(document.body).backgroundColor").asText());
        assertEquals(CHARTS, drawnPixels().length);
    }
}
