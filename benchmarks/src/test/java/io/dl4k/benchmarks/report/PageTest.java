package io.dl4k.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
    private static final String MACHINE = """
        {"machine": {"processor": "Test CPU", "isa": "AVX2", "cores": 2, "memoryGiB": 7, "platform": "linux-x86_64", "java": "VM 17", "busyBefore": %s,
         "commit": "abc1234", "time": "2026-01-02T03:04:05Z", "environment": {"OMP_WAIT_POLICY": "PASSIVE"}}, "arguments": "Step", "results": [%s]}
        """;

    private static String result(String benchmark, String parameters, double score, String error) {
        return "{\"benchmark\": \"io.dl4k.benchmarks." + benchmark + "\", \"params\": {" + parameters + "}, \"primaryMetric\": {\"score\": " + score
            + ", \"scoreError\": " + error + ", \"scoreUnit\": \"ms/op\"}}";
    }

    private static String step(String who, double score) {
        return result("step.CnnStepBenchmark.trainingStep", "\"implementation\": \"" + who + "\", \"batch\": \"128\"", score, "0.25");
    }

    private static String product(String who, double score) {
        return result("matrix.MatrixMultiplyBenchmark.multiply", "\"implementation\": \"" + who + "\", \"shape\": \"1000x1000x1000\"", score, "\"NaN\"");
    }

    private static Measurements run(Path folder, String load, String... results) throws IOException {
        Path file = folder.resolve("steps-test.json");
        Files.writeString(file, MACHINE.formatted(load, String.join(",", results)));
        return Measurements.read(file);
    }

    @Test
    void tables_stepsOfThree_haveRatiosFirst(@TempDir Path folder) throws IOException {
        assertEquals("""
            | benchmark | parameters | times stock | times djl | dl4k ms | stock ms | djl ms |
            |---|---|---|---|---|---|---|
            | CnnStep trainingStep | batch 128 | **20.00** | **2.50** | 20.0 ± 0.250 | 400 ± 0.250 | 50.0 ± 0.250 |

            The CNN's training step at batch 128 computes 160.0 GFLOP/s.

            """, Page.tables(run(folder, "0.01", step("stock", 400), step("dl4k", 20), step("djl", 50))));
    }

    @Test
    void operations_ofTheCnn_areThoseCountedByHand() {
        // First convolution 225,792 multiply-adds, second 3,612,672, dense 401,408 and 1,280; two operations each; three passes, but two for the first.
        assertEquals(2 * 2 * 225_792.0 + 3 * 2 * (3_612_672.0 + 401_408 + 1_280), Page.CNN_OPERATIONS);
    }

    @Test
    void tables_products_areInGigaflopsAndOfThePeak(@TempDir Path folder) throws IOException {
        String text = Page.tables(run(folder, "0.01", product("stock", 20), product("cblas", 10), step("dl4k", 20)));
        assertTrue(text.contains("| 1000x1000x1000 | 100.0 |  |  | 200.0 |  | 100% |\n"), text);
        assertTrue(text.contains("computes 160.0 GFLOP/s, 80% of the fastest product."), text);
    }

    @Test
    void tables_withoutRivals_areListedPlainly(@TempDir Path folder) throws IOException {
        String job = result("WholeJobBenchmark.digits", "\"options\": \"--epochs 1\"", 31000, "\"NaN\"")
            .replaceFirst("}}$", "}, \"secondaryMetrics\": {\"peakMiB\": {\"score\": 1234.0}}}");
        assertEquals("| benchmark | parameters | ms | peak memory |\n|---|---|---|---|\n| CsvReading table |  | 512 |  |\n"
            + "| WholeJob digits | options --epochs 1 | 31000 | 1234 MiB |\n\n", Page.tables(run(folder, "0.01", result("CsvReadingBenchmark.table", "", 512.3, "\"NaN\""), job)));
    }

    @Test
    void write_busyMachine_saysSo(@TempDir Path folder) throws IOException {
        run(folder, "0.32", step("dl4k", 20));
        Path page = folder.resolve("docs/benchmarks.md");
        Page.write(folder, page);
        List<String> lines = Files.readAllLines(page);
        assertTrue(lines.contains("## steps-test"), lines.toString());
        assertTrue(lines.contains("Test CPU (AVX2), 2 cores, 7 GiB, linux-x86_64, VM 17, commit abc1234, 2026-01-02T03:04:05Z, processors 32% busy before the run "
            + "(**not a quiet machine**), {OMP_WAIT_POLICY=PASSIVE}."), lines.toString());
        assertTrue(lines.contains("`./dl4k bench Step`"), lines.toString());
    }

    @Test
    void write_noResults_saysSo(@TempDir Path folder) throws IOException {
        Page.write(folder.resolve("none"), folder.resolve("page.md"));
        assertTrue(Files.readString(folder.resolve("page.md")).endsWith("\nNo results of a quiet machine have been saved yet.\n"));
    }

    @Test
    void read_bareJmhResults_areRefused(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("jmh.json"), "[]");
        var e = assertThrows(IllegalArgumentException.class, () -> Measurements.read(file));
        assertEquals(file + ": expected an object with 'machine' and 'results'. Write it with ./dl4k bench --save FILE.", e.getMessage());
    }

    @Test
    void write_thenRead_isTheSame(@TempDir Path folder) throws IOException {
        Measurements run = run(folder, "0.01", step("dl4k", 20));
        run.write(folder.resolve("new/saved.json"));
        assertEquals(run, Measurements.read(folder.resolve("new/saved.json")));
    }
}
