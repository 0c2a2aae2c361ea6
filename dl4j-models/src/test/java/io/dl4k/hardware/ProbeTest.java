package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeTest {
    private static final Tools NO_TOOLS = command -> new ToolOutput(ToolOutput.End.NOT_FOUND, -1, "");

    private static void write(Path root, String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void look_linuxInContainer_tellsMachineAndShareApart(@TempDir Path root) throws IOException {
        write(root, "proc/cpuinfo", "processor : 0\nprocessor : 1\nprocessor : 2\nprocessor : 3\n");
        write(root, "proc/meminfo", "MemTotal:       33554432 kB\nMemFree: 1 kB\n");
        write(root, "proc/self/cgroup", "0::/\n");
        write(root, "sys/fs/cgroup/memory.max", "2147483648\n");
        write(root, "sys/fs/cgroup/cpu.max", "150000 100000\n");
        Machine machine = new Probe(root, NO_TOOLS, Map.of(), "Linux", "amd64").look(4, 1000, List.of());
        assertEquals(List.of(4, 2), List.of(machine.cores(), machine.usableCores()));
        assertEquals(List.of(34359738368L, 2147483648L, 1000L), List.of(machine.memoryBytes(), machine.usableMemoryBytes(), machine.maxHeapBytes()));
        assertEquals("linux-x86_64", machine.platform());
    }

    @Test
    void look_linuxWithoutProc_stillAnswers(@TempDir Path root) {
        Machine machine = new Probe(root, NO_TOOLS, Map.of(), "Linux", "aarch64").look(3, 1000, List.of());
        assertEquals("linux-arm64", machine.platform());
        assertEquals(List.of(3, 3), List.of(machine.cores(), machine.usableCores()));
        assertEquals(0, machine.usableMemoryBytes());
        assertEquals(Isa.GENERIC, machine.processor().isa());
    }

    @Test
    void look_windows_takesTheVendorFromTheEnvironment(@TempDir Path root) {
        Map<String, String> environment = Map.of("PROCESSOR_IDENTIFIER", "Intel64 Family 6 Model 85 Stepping 7, GenuineIntel");
        Machine machine = new Probe(root, NO_TOOLS, environment, "Windows 11", "amd64").look(2, 1000, List.of());
        assertEquals("windows-x86_64", machine.platform());
        assertEquals("Intel", machine.processor().vendor());
        assertTrue(machine.processor().isa().compareTo(Isa.AVX512) < 0);
    }

    @Test
    void thisMachine_hasTheGenericBuildOnTheClassPath() {
        Machine machine = Probe.thisMachine();
        assertTrue(machine.nativeExtensions().contains(""), machine.platform() + " " + machine.nativeExtensions());
        assertTrue(machine.usableCores() <= machine.cores());
    }
}
