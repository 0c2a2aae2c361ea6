package io.dl4k.hardware;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at the machine: files of the system, the JVM, and the driver's tool. Loads no class of ND4J or JavaCPP. Costs what
 * {@code nvidia-smi} costs (nothing where it is not installed) plus some milliseconds.
 */
public final class Probe {
    /** A driver that initialises a sleeping card may take seconds; beyond that it hangs. */
    private static final Duration TOOL_LIMIT = Duration.ofSeconds(10);

    /** Every build of nd4j-native M2.1 that was published; not all exist for every platform. */
    private static final List<String> EXTENSIONS = List.of("", "-avx2", "-avx512", "-onednn", "-onednn-avx2", "-onednn-avx512");

    private static final String NATIVE_FOLDER = "org/nd4j/linalg/cpu/nativecpu/bindings/";

    private final Path root;
    private final Tools tools;
    private final Map<String, String> environment;
    private final String osName;
    private final String arch;

    /** @param root where the system's files are found: {@code /}, or a recorded tree */
    Probe(Path root, Tools tools, Map<String, String> environment, String osName, String arch) {
        this.root = root;
        this.tools = tools;
        this.environment = environment;
        this.osName = osName.toLowerCase(Locale.ROOT);
        this.arch = arch.toLowerCase(Locale.ROOT);
    }

    /** This machine, now. */
    public static Machine thisMachine() {
        return thisMachine(List.of());
    }

    /** The same. @param cudaLibraries folders to look for CUDA's libraries in before all others */
    public static Machine thisMachine(List<Path> cudaLibraries) {
        return here().look(Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory(), cudaLibraries);
    }

    /** The memory of {@link #thisMachine()} alone, without asking a tool for GPUs. */
    public static MemoryLimits memoryLimits() {
        Probe probe = here();
        return MemoryLimits.of(probe.memory(probe.limits()).usable(), Runtime.getRuntime().maxMemory());
    }

    private static Probe here() {
        Path root = Path.of("").toAbsolutePath().getRoot();
        return new Probe(root, Tools.ofSystem(TOOL_LIMIT), System.getenv(), System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /**
     * @param cudaLibraries folders to look for CUDA's libraries in before all others
     * @param jvmCores what the JVM says it may use; it knows about affinity, and about most control groups
     * @param maxHeap  bytes
     */
    Machine look(int jvmCores, long maxHeap, List<Path> cudaLibraries) {
        String platform = platform();
        GpuInventory found = NvidiaSmi.inventory(tools);
        GpuInventory gpus = new GpuInventory(VisibleDevices.number(found.gpus(), Optional.ofNullable(environment.get("CUDA_VISIBLE_DEVICES"))), found.notes(), found.cuda());
        Set<String> extensions = nativeExtensions(platform);
        Optional<GpuSupport> cuda = Cuda13Build.carried(platform, Probe::onClassPath)
            ? Optional.of(new Cuda13Build(gpus.gpus().isEmpty() ? CudaLibraries.none() : cudaLibraries(cudaLibraries)))
            : CudaBuild.find(platform, Probe::onClassPath, this::ofSystem).map(build -> build);
        ResourceLimits limits = limits();
        Memory memory = memory(limits);
        if (!platform.startsWith("linux")) {
            return new Machine(platform, otherProcessor(platform), jvmCores, jvmCores, memory.total(), memory.usable(), maxHeap, gpus, extensions, cuda);
        }
        String cpuinfo = read("/proc/cpuinfo").orElse("");
        // The most processors that the quota can keep busy: 1.5 is two threads, one of them waiting half of its time.
        int quota = (int) Math.ceil(limits.cpus().orElse(jvmCores));
        int usable = Math.max(1, Math.min(jvmCores, quota));
        int cores = Math.max(jvmCores, ProcessorText.countInCpuinfo(cpuinfo));
        return new Machine(platform, ProcessorText.fromCpuinfo(cpuinfo, jvmUses("UseCountLeadingZerosInstruction")), cores, usable, memory.total(), memory.usable(), maxHeap, gpus, extensions,
            cuda);
    }

    /** Bytes; 0: unknown. */
    private record Memory(long total, long usable) {
    }

    private ResourceLimits limits() {
        if (!platform().startsWith("linux")) return ResourceLimits.NONE;
        return read("/proc/self/cgroup").map(text -> ResourceLimits.read(text, this::read)).orElse(ResourceLimits.NONE);
    }

    private Memory memory(ResourceLimits limits) {
        if (!platform().startsWith("linux")) {
            var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
            long all = system == null ? 0 : Math.max(0, system.getTotalMemorySize());
            return new Memory(all, all);
        }
        long total = memTotal(read("/proc/meminfo").orElse(""));
        return new Memory(total, limits.memory().isEmpty() ? total : total == 0 ? limits.memory().getAsLong() : Math.min(total, limits.memory().getAsLong()));
    }

    private Processor otherProcessor(String platform) {
        if (platform.startsWith("macosx")) return ProcessorText.fromSysctl(tools.run(List.of("sysctl", "machdep.cpu")).text());
        boolean avx2 = jvmFlag("UseAVX").map(value -> value.compareTo("2") >= 0).orElse(false)
            && List.of("UseFMA", "UseBMI2Instructions", "UseCountLeadingZerosInstruction").stream()
                .allMatch(Probe::jvmUses);
        return ProcessorText.fromWindows(environment.getOrDefault("PROCESSOR_IDENTIFIER", ""), avx2);
    }

    private static boolean jvmUses(String flag) {
        return jvmFlag(flag).orElse("false").equals("true");
    }

    /** HotSpot asks the processor itself and sets its own flags by the answer. */
    private static Optional<String> jvmFlag(String name) {
        HotSpotDiagnosticMXBean hotspot = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (hotspot == null) return Optional.empty();
        try {
            return Optional.of(hotspot.getVMOption(name).getValue());
        } catch (IllegalArgumentException otherProcessorKind) {
            return Optional.empty();
        }
    }

    private String platform() {
        String system = osName.startsWith("linux") ? "linux" : osName.startsWith("mac") ? "macosx" : osName.startsWith("windows") ? "windows" : osName.replace(" ", "");
        String cpu = switch (arch) {
            case "amd64", "x86_64", "x64" -> "x86_64";
            case "aarch64", "arm64" -> "arm64";
            default -> arch;
        };
        return system + "-" + cpu;
    }

    private static Set<String> nativeExtensions(String platform) {
        String library = System.mapLibraryName("jnind4jcpu");
        Set<String> found = new HashSet<>();
        for (String extension : EXTENSIONS) {
            if (onClassPath(NATIVE_FOLDER + platform + extension + "/" + library)) found.add(extension);
        }
        return found;
    }

    private static boolean onClassPath(String resource) {
        return Probe.class.getClassLoader().getResource(resource) != null;
    }

    /** Whether a library lies where the system's loader looks: the variable's folders, the usual ones, and the toolkit's own. */
    private boolean ofSystem(String library) {
        List<String> folders = new ArrayList<>(List.of(environment.getOrDefault("LD_LIBRARY_PATH", "").split(":")));
        folders.addAll(List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/usr/local/cuda/lib64", "/usr/local/cuda-11/lib64", "/usr/local/cuda-11.6/lib64"));
        return folders.stream().filter(folder -> folder.startsWith("/")).anyMatch(folder -> Files.exists(root.resolve(folder.substring(1)).resolve(library)));
    }

    private CudaLibraries cudaLibraries(List<Path> given) {
        ToolOutput ldconfig = tools.run(List.of("/sbin/ldconfig", "-p"));
        Path home = Path.of(System.getProperty("user.home"));
        List<Path> absolute = given.stream().map(folder -> folder.toAbsolutePath().normalize()).toList();
        return CudaLibraries.search(CudaLibraries.candidates(absolute, root, environment, home, ldconfig.succeeded() ? ldconfig.text() : "", Probe::names), Probe::names);
    }

    private static Set<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException | UncheckedIOException unreadable) {
            return Set.of();
        }
    }

    private static long memTotal(String meminfo) {
        for (String line : meminfo.split("\n")) {
            String[] parts = line.strip().split("\\s+");
            if (parts.length >= 2 && parts[0].equals("MemTotal:") && parts[1].matches("\\d{1,15}")) return Long.parseLong(parts[1]) << 10;
        }
        return 0;
    }

    /** Empty where the file is not there or not ours to read: a system without it simply has nothing to say. */
    private Optional<String> read(String absolute) {
        try {
            return Optional.of(Files.readString(root.resolve(absolute.substring(1))));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
