package io.dl4k.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The machine and the choice for people, as {@code ./dl4k devices} prints them: lines of at most 80 columns. */
public final class DeviceReport {
    private static final int COLUMNS = 80;
    private static final int LABEL = 10;

    private DeviceReport() {
    }

    /** @param loaded what is really loaded; empty before activation, and then no line tells of it */
    public static List<String> lines(Machine machine, ProfileChoice choice, Optional<LoadedBackend> loaded) {
        List<String> out = new ArrayList<>();
        Processor processor = machine.processor();
        add(out, "CPU", named(processor) + ", " + processor.isa().label() + ", " + machine.platform());
        add(out, "cores", machine.usableCores() + " usable of " + machine.cores());
        add(out, "memory", (machine.memoryBytes() == 0 ? "unknown" : gib(machine.usableMemoryBytes()) + " usable of " + gib(machine.memoryBytes()))
            + ", JVM heap up to " + gib(machine.maxHeapBytes()));
        loaded.ifPresent(backend -> {
            add(out, "native", (backend.profile() instanceof Profile.Cuda ? "nd4j-cuda " : "nd4j-native ") + backend.classifier());
            add(out, "BLAS", backend.blas() + ", " + backend.blasThreads() + (backend.blasThreads() == 1 ? " thread" : " threads"));
            add(out, "oneDNN", backend.oneDnn() ? "yes" : "no");
        });
        machine.cuda().ifPresent(support -> add(out, "GPUs by", support instanceof Cuda13Build
            ? Cuda13Build.NAME + " (./dl4k --cuda has " + CudaBuild.NAME + ")" : CudaBuild.NAME + " (./dl4k without --cuda has " + Cuda13Build.NAME + ")"));
        for (Gpu gpu : machine.gpus().gpus()) add(out, "GPU " + gpu.index(), describe(gpu));
        machine.gpus().cuda().ifPresent(version -> add(out, "CUDA", "the driver serves up to " + version));
        if (machine.cuda().orElse(null) instanceof Cuda13Build build) {
            for (String line : build.libraries().lines()) add(out, machine.gpus().cuda().isPresent() ? "" : "CUDA", line);
        }
        for (String note : machine.gpus().notes()) add(out, machine.gpus().gpus().isEmpty() ? "GPU" : "", note);
        add(out, "runs on", choice.profile() + ": " + choice.why());
        String label = "not on";
        for (ProfileChoice.Rejected other : choice.others()) {
            add(out, label, other.name() + ": " + other.reason());
            label = "";
        }
        return List.copyOf(out);
    }

    private static String named(Processor processor) {
        boolean repeats = processor.model().toLowerCase(Locale.ROOT).contains(processor.vendor().toLowerCase(Locale.ROOT));
        return repeats ? processor.model() : processor.vendor() + " " + processor.model();
    }

    private static String describe(Gpu gpu) {
        String text = gpu.name() + ", compute capability " + gpu.computeCapability().map(ComputeCapability::toString).orElse("unknown")
            + ", driver " + gpu.driver() + ", " + (gpu.memoryBytes() == 0 ? "memory unknown" : gib(gpu.memoryBytes()));
        if (!gpu.mig()) return text;
        return text + ", MIG " + (gpu.slices().isEmpty() ? "on without slices" : String.join(" ", gpu.slices().stream().map(Gpu.Slice::name).toList()));
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    /** Breaks at spaces; a word longer than the line is cut hard, so that the width holds for any driver's text. */
    private static void add(List<String> out, String label, String text) {
        String prefix = label;
        String rest = text;
        int width = COLUMNS - LABEL;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int cut = space > 0 ? space : width;
            out.add(pad(prefix) + rest.substring(0, cut));
            rest = rest.substring(cut).stripLeading();
            prefix = "";
        }
        out.add(pad(prefix) + rest);
    }

    private static String pad(String label) {
        return label + " ".repeat(Math.max(1, LABEL - label.length()));
    }
}
