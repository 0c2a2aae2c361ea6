package io.dl4k.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
    private static String refused(String... arguments) throws IOException {
        PrintStream usual = System.err;
        var written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            assertEquals(2, Main.run(new ArrayList<>(List.of(arguments))));
        } finally {
            System.setErr(usual);
        }
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void device_thatIsNotThere_isRefusedWithTheReason() throws IOException {
        String message = refused("--device", "cuda:999");
        assertTrue(message.startsWith("device 'cuda:999' was asked for, but "), message);
    }

    @Test
    void device_unknownOrMissing_isRefused() throws IOException {
        assertTrue(refused("--device", "gpu").contains("expected auto, cpu, cuda"));
        assertEquals("--device needs cpu, cuda or cuda:N", refused("--quick", "--device").strip());
    }
}
