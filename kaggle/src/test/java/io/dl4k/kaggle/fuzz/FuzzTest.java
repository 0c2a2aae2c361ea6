package io.dl4k.kaggle.fuzz;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small sample of {@code .ci/fuzz} that every build runs: the seeds, and changed ones, always the same. What the search found is in the tests of the readers. */
class FuzzTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"csv,1500", "zip,250", "recipe,300", "model,60", "ensemble,40"})
    void read_changedSeeds_keepsItsPromises(String name, int inputs) throws IOException {
        Target target = Target.named(name);
        List<byte[]> seeds = List.copyOf(target.seeds().values());
        for (byte[] seed : seeds) {
            requireKept(target, seed);
        }
        Random random = new Random(7);
        for (int i = 0; i < inputs; i++) {
            byte[] input = seeds.get(random.nextInt(seeds.size()));
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                input = changed(input, target.words(), random);
            }
            requireKept(target, input);
        }
    }

    private void requireKept(Target target, byte[] input) throws IOException {
        Path alone = Files.createDirectories(folder.resolve("alone"));
        assertDoesNotThrow(() -> target.read(input, alone), () -> HexFormat.of().formatHex(input));
        Fuzzing.requireNothingLeft(alone);
    }

    private static byte[] changed(byte[] input, List<String> words, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = random.nextInt(input.length + 1);
        out.write(input, 0, at);
        int skipped = 0;
        switch (random.nextInt(5)) {
            case 0 -> skipped = 1 + random.nextInt(8);
            case 1 -> out.write(random.nextInt(256));
            case 2 -> out.writeBytes(words.get(random.nextInt(words.size())).getBytes(StandardCharsets.ISO_8859_1));
            case 3 -> out.writeBytes(Arrays.copyOfRange(input, at, Math.min(input.length, at + 1 + random.nextInt(30))));
            default -> {
                out.write(random.nextInt(256));
                skipped = 1;
            }
        }
        int from = Math.min(input.length, at + skipped);
        out.write(input, from, input.length - from);
        return out.toByteArray();
    }

    /** The plain reader is what the others are held against. */
    @Test
    void plain_asDocumented() {
        assertTrue(PlainCsv.read("a,b\r\n\r\n\"1,\"\"2\"\"\",\"x\ny\"\r".getBytes(StandardCharsets.UTF_8)).orElseThrow().equals(List.of(List.of("a", "b"), List.of("1,\"2\"", "x\ny"))));
        for (String refused : List.of("", "a\n", "a,b\n1\n", "a,a\n1,2\n", "a, \n1,2\n", "a\n\"1\n", "a\n\"1\"2\n", "a\n\0\n")) {
            assertTrue(PlainCsv.read(refused.getBytes(StandardCharsets.UTF_8)).isEmpty(), refused);
        }
    }
}
