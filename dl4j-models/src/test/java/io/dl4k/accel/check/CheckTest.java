package io.dl4k.accel.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.accel.cuda.EmulatedGpu;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CheckTest {
    @BeforeAll static void emulator() {
        Assumptions.assumeTrue(EmulatedGpu.missing().isEmpty(), () -> EmulatedGpu.missing().orElseThrow());
    }

    @Test void layers_onTheExecutorForGpus_areRight() {
        List<Fixture> fixtures = Reference.compute(Trials.layers(), name -> { });
        List<Comparison> found = Check.run(fixtures, EmulatedGpu::open, c -> System.out.println(c));
        assertEquals(List.of(), found.stream().filter(c -> !c.right()).toList());
    }
}
