package io.dl4k.kaggle.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dl4k.kaggle.competition.RunEvent;
import io.dl4k.kaggle.page.Chromium;
import io.dl4k.training.History;
import io.dl4k.training.TrainingEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The live page in a browser. Skipped where there is no Chromium; {@code -Ddl4k.screenshots=FOLDER} keeps pictures to look at. */
class LiveInChromiumTest {
    @TempDir
    static Path profile;

    private static Chromium chromium;

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

    private static void epoch(LiveView view, AtomicLong now, int number) {
        for (int batch = 1; batch <= 20; batch++) {
            now.addAndGet(500_000_000);
            double loss = 2 / (number + batch / 20.0) + 0.1 * (batch % 3);
            view.on(new RunEvent.Training(new TrainingEvent.StepDone(number, batch, 20, (number - 1) * 20 + batch, 64, loss, 1e-3 / number, () -> OptionalDouble.of(loss * 3))));
        }
        view.on(new RunEvent.Training(new TrainingEvent.EpochDone(new History.Epoch(number, 2.0 / number, OptionalDouble.of(2.2 / number), OptionalDouble.of(1 - 0.5 / number), 1e-3, 10, 128), true)));
    }

    @ParameterizedTest
    @CsvSource({"360, true", "1280, false"})
    void page_ofARun_followsItToItsEnd(int width, boolean dark) throws Exception {
        AtomicLong now = new AtomicLong();
        try (LiveView view = LiveView.start("Digits", "accuracy", true, "cpu", now::get)) {
            view.on(new RunEvent.RunStarted(4, true));
            view.on(new RunEvent.NetworkStarted(1, "mlp", 0, 4, 3));
            epoch(view, now, 1);
            view.on(new RunEvent.NetworkFinished(1, "mlp", 0, 0.9123, false));
            view.on(new RunEvent.NetworkStarted(2, "cnn", 1, 4, 3));
            epoch(view, now, 1);
            chromium.open(view.address(), width, dark);
            await("document.documentElement.dataset.events > 40");
            epoch(view, now, 2);
            await("document.querySelector('#state').textContent === 'live' && document.querySelector('#network').textContent === '2 of 4'");
            assertEquals("0.9123", chromium.evaluate("document.querySelector('#best').textContent").asText());
            await("document.querySelector('#training').textContent === 'Training cnn, fold 2 of 4, epoch 3 of 3'");
            view.end("submission submission.csv rows=10");
            await("!document.querySelector('#summary').hidden");
            await("document.documentElement.dataset.charts === '6'");
            assertEquals("Last network: cnn, fold 2 of 4", chromium.evaluate("document.querySelector('#training').textContent").asText());
            String wanted = System.getProperty("dl4k.screenshots");
            if (wanted != null) {
                Files.write(Files.createDirectories(Path.of(wanted)).resolve("live-" + width + ".png"), chromium.screenshot());
            }
            assertEquals(List.of(), chromium.complaints());
            assertEquals(List.of(), chromium.requests().stream().filter(address -> !address.startsWith(view.address().toString()) && !address.startsWith("data:")).toList());
            // A scroll bar may take its share of the width.
            assertEquals(0, chromium.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth").asInt());
            var counts = chromium.evaluate("""
                    [...document.querySelectorAll("canvas")].map(canvas => {
                      const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
                      return pixels.reduce((n, p) => n + (p !== pixels[0]), 0);
                    })""");
            assertEquals(6, counts.size());
            counts.forEach(count -> assertTrue(count.asInt() > 500, counts::toString));
        }
    }

    /** Waits until an expression is true. */
    private static void await(String expression) throws Exception {
        boolean met = chromium.evaluate("new Promise(done => { const start = Date.now(); const ask = () => (" + expression
                + ") ? done(true) : Date.now() - start > 20000 ? done(false) : setTimeout(ask, 50); ask(); })").asBoolean();
        assertTrue(met, () -> {
            try {
                return expression + ": " + chromium.complaints() + chromium.evaluate("document.body.innerText").asText();
            } catch (Exception e) {
                return expression + ": " + e;
            }
        });
    }
}
