package io.dl4k.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.dl4k.hardware.Gpu;
import io.dl4k.hardware.Probe;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where and when a run was made.
 *
 * @param hardware    the probe's
 * @param busy        share of the processors that others used in the two seconds before, 0 to 1; negative: unknown
 * @param commit      of the sources, {@code unknown} outside a checkout
 * @param environment the variables that decide how natives use threads, those that are set
 */
record Machine(io.dl4k.hardware.Machine hardware, double busy, String commit, Instant time, Map<String, String> environment) {
    private static final String[] THREAD_VARIABLES = {"OMP_NUM_THREADS", "OMP_WAIT_POLICY", "OPENBLAS_NUM_THREADS", "OPENBLAS_THREAD_TIMEOUT"};

    private static final long WATCH_MILLIS = 2000;

    static Machine now() {
        Map<String, String> environment = new TreeMap<>();
        for (String name : THREAD_VARIABLES) if (System.getenv(name) != null) environment.put(name, System.getenv(name));
        return new Machine(Probe.thisMachine(), busyShare(), describe(), Instant.now().truncatedTo(ChronoUnit.SECONDS), environment);
    }

    /** While this process sleeps. A load average would still count the build that came before. */
    private static double busyShare() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        system.getCpuLoad();
        try {
            Thread.sleep(WATCH_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return system.getCpuLoad();
    }

    private static String describe() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 && !answer.isEmpty() ? answer : "unknown";
        } catch (IOException noGit) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    /** The GPU and what drives it: the presets name the versions of CUDA and cuDNN that they are of. */
    static void describe(Gpu gpu, ObjectNode json) {
        json.put("name", gpu.name()).put("driver", gpu.driver()).put("memoryMiB", gpu.memoryBytes() >> 20);
        gpu.computeCapability().ifPresent(capability -> json.put("computeCapability", capability.toString()));
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String file = new File(jar).getName();
            if (file.startsWith("nd4j-cuda") || file.startsWith("cuda-1")) json.withArray("libraries").add(file);
        }
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("processor", hardware.processor().model()).put("isa", hardware.processor().isa().toString()).put("cores", hardware.usableCores());
        json.put("memoryGiB", hardware.usableMemoryBytes() >> 30).put("platform", hardware.platform());
        json.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        json.put("busyBefore", busy).put("commit", commit).put("time", time.toString());
        environment.forEach(json.putObject("environment")::put);
        return json;
    }
}
