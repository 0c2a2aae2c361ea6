package io.dl4k.accel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.accel.cuda.CudaKernels;
import io.dl4k.accel.cuda.EmulatedGpu;
import io.dl4k.accel.program.Precision;
import io.dl4k.accel.program.UpdaterSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CheckTest {
    /** Kernels for batches that do not fit the memory, which no check can bring about. */
    private static final Set<String> NOT_CHECKED = Set.of("accumulate");

    @BeforeAll static void emulator() {
        Assumptions.assumeTrue(EmulatedGpu.missing().isEmpty(), () -> EmulatedGpu.missing().orElseThrow());
    }

    private static List<Fixture> named(String name) {
        List<Fixture> found = Trials.layers().stream().filter(c -> c.name().equals(name)).map(Reference::compute).toList();
        assertEquals(1, found.size(), name);
        return found;
    }

    /** From a file, as on a machine without ND4J. */
    @Test void layers_onTheExecutorForGpus_areRightAndUseEveryKernel(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("fixtures");
        FixtureFile.write(file, "the processor", Trials.layers().stream().map(Reference::compute).toList());
        FixtureFile.Contents contents = FixtureFile.read(file);
        assertEquals("the processor", contents.made());
        Set<String> asked = new TreeSet<>();
        List<Comparison> told = new ArrayList<>();
        List<Comparison> found = Check.run(contents.fixtures(), () -> EmulatedGpu.open(Precision.FLOAT32, asked, null), Precision.FLOAT32, told::add);
        assertEquals(List.of(), found.stream().filter(c -> !c.right()).toList());
        assertEquals(told, found);
        // Some are of bf16 alone.
        Check.run(named("convolution relu"), () -> EmulatedGpu.open(Precision.BF16, asked, null), Precision.BF16, c -> { });
        Set<String> unused = new TreeSet<>(EmulatedGpu.kernels());
        unused.removeAll(asked);
        assertEquals(NOT_CHECKED, unused);
    }

    @ParameterizedTest @CsvSource({"adam, adam, the updaters' state", "activate_back, dense swish, the gradient of", "column_sums, dense relu, the gradient of", "pool_max, max pooling, the output",
        "embed_back, embedding, the gradient of W of layer 0"})
    void wrongKernel_isFound(String kernel, String network, String problem) {
        List<Comparison> found = Check.run(named(network), () -> EmulatedGpu.open(Precision.FLOAT32, new TreeSet<>(), kernel), Precision.FLOAT32, c -> { });
        assertTrue(!found.get(0).right() && found.get(0).problem().contains(problem), () -> found.toString());
    }

    /** What rounds more is told from float32, and allowed where it was asked for. */
    @ParameterizedTest @EnumSource(value = Precision.class, names = "FLOAT32", mode = EnumSource.Mode.EXCLUDE)
    void precision_ofProducts_isAllowedOnlyWhereAskedFor(Precision precision) {
        for (String network : List.of("dense tanh", "convolution relu", "lstm", "adam")) {
            List<Fixture> fixture = named(network);
            assertTrue(Check.run(fixture, () -> EmulatedGpu.open(precision), precision, c -> { }).get(0).right(), network);
            assertFalse(Check.run(fixture, () -> EmulatedGpu.open(precision), Precision.FLOAT32, c -> { }).get(0).right(), network);
        }
    }

    @Test void deviceThatFails_isToldWithItsReason() {
        List<Comparison> found = Check.run(named("dense relu"), () -> {
            throw new UnsupportedOperationException("too old");
        }, Precision.FLOAT32, c -> { });
        assertEquals(List.of(Comparison.failed("dense relu", "too old")), found);
    }

    @Test void benchmarksNetwork_fewRows_isRight() {
        Case mlp = Trials.network(Network.MLP, 4, 3);
        Fixture fixture = Reference.withSpread(mlp);
        assertEquals("network mlp", fixture.name());
        assertTrue(Check.run(List.of(fixture), EmulatedGpu::open, Precision.FLOAT32, c -> { }).get(0).right());
        // Of the 669,706 weights every 35th is kept.
        assertEquals(35, fixture.expected().params().stride());
    }

    @Test void rates_thatChange_areKept(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("fixtures");
        FixtureFile.write(file, "", named("schedule"));
        UpdaterSpec updater = FixtureFile.read(file).fixtures().get(0).of().net().update().blocks().get(0).updater();
        assertEquals(0.0125, ((UpdaterSpec.Nesterovs) updater).lr().at(4, 0), 1e-9);
    }

    @Test void fixtures_damaged_areRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("fixtures");
        FixtureFile.write(file, "", named("dense relu"));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        IOException refusal = assertThrows(IOException.class, () -> FixtureFile.read(file));
        assertTrue(refusal.getMessage().startsWith(file + ": no whole file of fixtures ("), refusal.getMessage());
        Files.writeString(file, "else");
        assertThrows(IOException.class, () -> FixtureFile.read(file));
    }

    @Test void work_ofAnMlp_isThatOfItsProducts() {
        Case mlp = Trials.network(Network.MLP, 2, 1);
        Work work = Work.of(Runner.program(mlp.net(), mlp.data(), Runner.Asked.GRADIENT));
        double first = 2.0 * 2 * 784 * 512;
        // Nobody needs the gradient of the input.
        assertEquals(2 * first + 3 * 2.0 * 2 * (512 * 512 + 512 * 10), work.flops());
        Work update = new Work(0, 0).and(mlp.net().update());
        // Adam: weights, gradient and two moments read, weights and moments written.
        assertEquals(7.0 * Float.BYTES * 669_706, update.bytes());
    }

    @Test void timing_onTheEmulatedGpu_measuresAll() {
        Timing found = Timing.measure(List.of(Reference.compute(Trials.network(Network.MLP, 2, 1))), new Timing.Scale(List.of(8), List.of(2), 1 << 12, 1), () -> (CudaKernels) EmulatedGpu.open(),
                EmulatedGpu::meter, name -> { });
        assertEquals(4, found.products().size());
        Timing.Step step = found.steps().get(0);
        assertEquals("mlp", step.network());
        assertEquals(2, step.rows());
        for (double time : new double[] {step.inference(), step.forward(), step.gradient(), step.step(), step.busy(), step.loop(), found.copyGigabytes()}) assertTrue(time > 0, found::toString);
        assertTrue(step.idle() >= 0 && step.idle() <= 1);
    }
}
