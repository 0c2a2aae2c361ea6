package io.dl4k.kaggle.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.kaggle.page.Chromium;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole site, written once. In a browser where there is Chromium; {@code -Ddl4k.screenshots=FOLDER} keeps pictures to look at. */
class LessonsInChromiumTest {
    @TempDir
    static Path site;

    @TempDir
    static Path profile;

    private static Chromium chromium;

    @BeforeAll
    static void write() throws Exception {
        for (Topic topic : Topic.all()) {
            Files.writeString(site.resolve(LessonPage.file(topic)), Site.page(topic));
        }
        LessonPage.writeIndex(site, Topic.all());
        if (Chromium.executable().isPresent()) {
            chromium = Chromium.start(Chromium.executable().get(), profile);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
    }

    static Stream<String> pages() {
        return Stream.concat(Stream.of(LessonPage.INDEX), Topic.all().stream().map(LessonPage::file));
    }

    private static void keep(String page, int width, boolean dark) throws Exception {
        String wanted = System.getProperty("dl4k.screenshots");
        if (wanted != null) {
            Files.write(Files.createDirectories(Path.of(wanted)).resolve(page.replace(".html", "") + "-" + width + (dark ? "-dark" : "-light") + ".png"), chromium.screenshot());
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void page_inABrowser_drawsAndFitsAndAsksForNothing(String page) throws Exception {
        assumeTrue(chromium != null, "Chromium is not installed (Debian: apt-get install chromium)");
        Path file = site.resolve(page);
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {360, 1280}) {
                chromium.open(file.toUri(), width, dark);
                keep(page, width, dark);
                assertEquals(List.of(), chromium.complaints());
                assertEquals(List.of(), chromium.requests().stream().filter(address -> !address.equals(file.toUri().toString()) && !address.startsWith("data:")).toList());
                // A scroll bar takes its share of the width.
                int wide = chromium.evaluate("document.documentElement.scrollWidth").asInt();
                assertEquals(chromium.evaluate("document.documentElement.clientWidth").asInt(), wide);
                assertTrue(wide <= width, () -> wide + " pixels on a screen of " + width);
                int charts = chromium.evaluate("document.querySelectorAll('.chart').length").asInt();
                var drawn = chromium.evaluate("""
                        [...document.querySelectorAll("canvas")].map(canvas => {
                          const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
                          return pixels.reduce((n, p) => n + (p !== pixels[0]), 0);
                        })""");
                assertEquals(charts, drawn.size());
                for (int i = 0; i < charts; i++) {
                    assertTrue(drawn.get(i).asInt() > 500, "chart " + i + " is empty");
                }
                assertEquals(0, chromium.evaluate("[...document.images].filter(image => !image.complete || image.naturalWidth === 0).length").asInt());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void page_linksOnlyToPagesOfTheSite(String page) throws Exception {
        List<String> links = Pattern.compile("href=\"([^\"]*)\"").matcher(Files.readString(site.resolve(page))).results().map(m -> m.group(1)).filter(to -> !to.equals("data:,")).toList();
        assertTrue(!links.isEmpty() && links.stream().allMatch(to -> Files.exists(site.resolve(to))), links::toString);
        assertEquals(page.equals(LessonPage.INDEX) ? Topic.all().size() : page.equals("neuron.html") || page.equals("overfitting.html") ? 2 : 3, links.size());
    }

    @Test
    void write_page_isThePage() throws Exception {
        Topic topic = Topic.find("workflow").orElseThrow();
        Path other = Files.createDirectory(site.resolve("other"));
        LessonPage.write(other, topic, topic.explain(Site.SEED), Topic.all());
        assertEquals(Site.page(topic), Files.readString(other.resolve("workflow.html")));
    }

    @Test
    void page_anotherSeed_isAnotherPage() throws Exception {
        Topic topic = Topic.find("workflow").orElseThrow();
        String other = LessonPage.of(topic, topic.explain(43), Topic.all());
        assertTrue(!other.equals(Site.page(topic)));
    }
}
