package io.dl4k.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Decides what to run on. Pure: the same machine and request give the same choice. */
public final class ProfileChooser {
    private static final String NO_CUDA = "this build has no CUDA backend";

    /** For the JVM's own needs beside the heap: code, metaspace, stacks, and the mapped native libraries (a third of a gigabyte). */
    private static final long JVM_RESERVE = 768L << 20;

    /** Below this no network fits; a limit would only turn a slow run into a failed one. */
    private static final long SMALLEST_OFF_HEAP = 256L << 20;

    private ProfileChooser() {
    }

    /**
     * Takes the best profile that can run and fits the request.
     *
     * @param threads the user's number of threads, at least 1; empty: as many as the process may keep busy
     * @throws IllegalArgumentException    if {@code threads} is below 1
     * @throws ProfileUnavailableException if what was asked for cannot run, or nothing can
     */
    public static ProfileChoice choose(Machine machine, DeviceRequest request, OptionalInt threads) {
        if (threads.isPresent() && threads.getAsInt() < 1) throw new IllegalArgumentException("threads must be at least 1, got " + threads.getAsInt());
        if (request.kind() == DeviceRequest.Kind.CUDA) throw cudaUnavailable(machine, request);
        List<ProfileChoice.Rejected> others = new ArrayList<>();
        for (Gpu gpu : machine.gpus().gpus()) others.add(new ProfileChoice.Rejected("cuda:" + gpu.index() + " (" + gpu.name() + ")", NO_CUDA));
        if (machine.gpus().gpus().isEmpty()) others.add(new ProfileChoice.Rejected("cuda", noGpu(machine)));
        return chooseCpu(machine, threads, others);
    }

    private static ProfileChoice chooseCpu(Machine machine, OptionalInt threads, List<ProfileChoice.Rejected> others) {
        Isa isa = machine.processor().isa();
        NativeBuild chosen = null;
        // A faster build that the processor could run, had somebody put it on the class path.
        NativeBuild missed = null;
        for (NativeBuild build : NativeBuild.BY_SPEED) {
            boolean present = machine.nativeExtensions().contains(build.extension());
            boolean runs = build.needs().compareTo(isa) <= 0;
            if (chosen == null && present && runs) {
                chosen = build;
            } else if (chosen == null && runs && missed == null) {
                missed = build;
                others.add(rejected(build, "not on the class path"));
            } else if (present) {
                others.add(rejected(build, runs ? "slower than the chosen one" : "the CPU has no " + build.needs().label()));
            }
        }
        if (chosen == null) {
            throw new ProfileUnavailableException("no native library of ND4J for " + machine.platform()
                + " is on the class path. Add org.nd4j:nd4j-native with classifier " + machine.platform() + ".");
        }
        String why = chosen.needs() == isa ? "the fastest build for " + isa.label()
            : "the CPU has " + isa.label() + ", but a build for it is not on the class path";
        if (isa == Isa.GENERIC) why = "the CPU shows neither AVX2 nor AVX-512";
        int count = threads.orElse(machine.usableCores());
        if (threads.isPresent() && count > machine.usableCores()) why += "; more threads than the " + machine.usableCores() + " usable cores";
        return new ProfileChoice(new Profile.Cpu(chosen.extension(), count, offHeap(machine), machine.usableMemoryBytes()), why, others);
    }

    private static ProfileChoice.Rejected rejected(NativeBuild build, String reason) {
        return new ProfileChoice.Rejected("cpu (" + NativeBuild.describe(build.extension()) + ")", reason);
    }

    private static long offHeap(Machine machine) {
        if (machine.usableMemoryBytes() == 0) return 0;
        return Math.max(SMALLEST_OFF_HEAP, machine.usableMemoryBytes() - machine.maxHeapBytes() - JVM_RESERVE);
    }

    private static ProfileUnavailableException cudaUnavailable(Machine machine, DeviceRequest request) {
        List<Gpu> gpus = machine.gpus().gpus();
        String reason = NO_CUDA;
        if (gpus.isEmpty()) {
            reason = noGpu(machine);
        } else if (request.gpu().isPresent() && gpus.stream().noneMatch(gpu -> gpu.index() == request.gpu().getAsInt())) {
            reason = "this machine has only " + String.join(", ", gpus.stream().map(gpu -> "cuda:" + gpu.index()).toList());
        }
        return new ProfileUnavailableException("device '" + request + "' was asked for, but " + reason + ". Use --device cpu or auto.");
    }

    private static String noGpu(Machine machine) {
        return machine.gpus().notes().isEmpty() ? "no GPU was found" : machine.gpus().notes().get(0);
    }
}
