package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Activation happens once in a JVM, so what comes before it is tested in children. */
class BackendTest {
    /** Child: activates, and prints what is loaded. */
    static final class Activates {
        public static void main(String[] args) {
            ProfileChoice choice = ProfileChooser.choose(Probe.thisMachine(), DeviceRequest.CPU, OptionalInt.of(1));
            LoadedBackend loaded = Backend.activate(choice.profile());
            Profile.Cpu cpu = (Profile.Cpu) loaded.profile();
            System.out.println("wanted " + Probe.thisMachine().platform() + cpu.extension() + " oneDNN " + cpu.oneDnn() + " threads 1 blas 1");
            System.out.println("loaded " + loaded.classifier() + " oneDNN " + loaded.oneDnn() + " threads " + loaded.threads() + " blas " + loaded.blasThreads());
        }
    }

    /** Child: uses ND4J first. */
    static final class ActivatesTooLate {
        public static void main(String[] args) {
            org.nd4j.linalg.factory.Nd4j.zeros(1);
            try {
                Backend.activate(new Profile.Cpu("", 1, 0, 0));
            } catch (IllegalStateException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }

    /** Child: names a class of ND4J without initialising it, which must not count as loaded. */
    static final class OnlyNamesNd4j {
        public static void main(String[] args) throws ClassNotFoundException {
            Class.forName("org.nd4j.linalg.factory.Nd4j", false, OnlyNamesNd4j.class.getClassLoader());
            System.out.println("loaded " + Backend.activate(new Profile.Cpu("", 1, 0, 0)).classifier());
        }
    }

    private static List<String> child(Class<?> main) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ToolOutput output = Tools.ofSystem(Duration.ofMinutes(2)).run(List.of(java, "-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
            "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), main.getName()));
        assertTrue(output.succeeded(), output.text());
        return output.text().lines().filter(line -> line.matches("(wanted|loaded|refused).*")).toList();
    }

    @Test
    void activate_freshJvm_loadsTheWantedBuild() throws IOException {
        List<String> lines = child(Activates.class);
        assertEquals(2, lines.size(), lines.toString());
        assertEquals(lines.get(0).substring("wanted ".length()), lines.get(1).substring("loaded ".length()));
    }

    @Test
    void activate_afterNd4jLoaded_isRefused() throws IOException {
        assertEquals(List.of("refused: ND4J is already loaded, too late for profile cpu (generic, 1 thread)"
            + ": call Backend.activate before the first class of ND4J or JavaCPP is used"), child(ActivatesTooLate.class));
    }

    @Test
    void activate_nd4jOnlyNamed_loads() throws IOException {
        assertEquals(List.of("loaded " + Probe.thisMachine().platform()), child(OnlyNamesNd4j.class));
    }

    @Test
    void activate_sameProfileAgain_returnsWhatIsLoaded() {
        LoadedBackend loaded = Backend.active().orElseThrow();
        assertSame(loaded, Backend.activate(loaded.profile()));
    }

    @Test
    void activate_otherProfile_isRefused() {
        Profile active = Backend.active().orElseThrow().profile();
        Profile other = new Profile.Cpu("-other", 1, 0, 0);
        var e = assertThrows(IllegalStateException.class, () -> Backend.activate(other));
        assertEquals("profile " + active + " is active and ND4J loads once: start a new JVM for " + other, e.getMessage());
    }
}
