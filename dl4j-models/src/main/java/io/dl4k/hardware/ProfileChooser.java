package io.dl4k.hardware;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Decides what to run on. Pure: the same machine and request give the same choice. */
public final class ProfileChooser {
    private static final String NO_CUDA = "this build computes on GPUs on Linux on x86-64 only";

    private ProfileChooser() {
    }

    /**
     * Takes the best profile that can run and fits the request: a GPU before the processor, of several that can run those with the most memory.
     *
     * @param threads the user's number of threads, at least 1; empty: as many as the process may keep busy
     * @throws IllegalArgumentException    if {@code threads} is below 1
     * @throws ProfileUnavailableException if what was asked for cannot run, or nothing can
     */
    public static ProfileChoice choose(Machine machine, DeviceRequest request, OptionalInt threads) {
        return choose(machine, request, threads, Map.of());
    }

    /**
     * The same, and each GPU that is chosen must first pass a trial: a small computation in a process of its own, so that a GPU that fails, or takes its process down,
     * is passed over.
     */
    public static ProfileChoice choose(Machine machine, DeviceRequest request, OptionalInt threads, GpuTrials trials) {
        Map<Integer, String> failed = new HashMap<>();
        while (true) {
            ProfileChoice choice = choose(machine, request, threads, failed);
            if (!(choice.profile() instanceof Profile.OnGpu taken)) return choice;
            int before = failed.size();
            for (Profile.Card card : taken.cards()) {
                Gpu gpu = machine.gpus().gpus().stream().filter(candidate -> candidate.index() == card.gpu()).findFirst().orElseThrow();
                trials.failure(gpu, taken.on(card)).ifPresent(failure -> failed.put(gpu.index(), failure));
            }
            if (failed.size() == before) return choice;
        }
    }

    /** @param failed why GPUs failed their trial, by the driver's number */
    static ProfileChoice choose(Machine machine, DeviceRequest request, OptionalInt threads, Map<Integer, String> failed) {
        if (threads.isPresent() && threads.getAsInt() < 1) throw new IllegalArgumentException("threads must be at least 1, got " + threads.getAsInt());
        List<Gpu> able = new ArrayList<>();
        Map<Gpu, String> reasons = new LinkedHashMap<>();
        for (Gpu gpu : machine.gpus().gpus()) {
            Optional<String> reason = refusal(machine, gpu).or(() -> Optional.ofNullable(failed.get(gpu.index())));
            if (reason.isEmpty() && request.gpu().isPresent() && request.gpu().getAsInt() != gpu.index()) reason = Optional.of(request + " was asked for");
            reason.ifPresentOrElse(text -> reasons.put(gpu, text), () -> able.add(gpu));
        }
        if (request.kind() == DeviceRequest.Kind.CUDA && able.isEmpty()) throw cudaUnavailable(machine, request, reasons);
        List<ProfileChoice.Rejected> others = new ArrayList<>();
        List<Gpu> taken = request.kind() == DeviceRequest.Kind.CPU ? List.of() : together(able, request.most());
        for (Gpu gpu : machine.gpus().gpus()) {
            if (taken.contains(gpu)) continue;
            String instead = taken.isEmpty() ? "cpu was asked for" : taken.size() < request.most() ? "a slice of MIG works alone" : "cuda:" + taken.get(0).index() + " has at least as much memory";
            others.add(new ProfileChoice.Rejected("cuda:" + gpu.index() + " (" + gpu.name() + ")", reasons.getOrDefault(gpu, instead)));
        }
        if (machine.gpus().gpus().isEmpty()) others.add(new ProfileChoice.Rejected("cuda", noGpu(machine)));
        if (!taken.isEmpty()) return chooseCuda(machine, taken, threads, others);
        List<ProfileChoice.Rejected> passedOver = request.kind() == DeviceRequest.Kind.AUTO && (machine.cuda().orElse(null) instanceof CudaBuild || !reasons.isEmpty()) ? List.copyOf(others) : List.of();
        ProfileChoice cpu = chooseCpu(machine, threads, others);
        // Whoever has a GPU, or a build for one, is told at once why it does not run.
        String why = cpu.why() + passedOver.stream().map(other -> "; not " + other.name() + ": " + other.reason()).collect(Collectors.joining());
        return new ProfileChoice(cpu.profile(), why, cpu.others());
    }

    /** The best ones. CUDA shows a process either cards or one slice of one. */
    private static List<Gpu> together(List<Gpu> able, int most) {
        List<Gpu> sorted = able.stream().sorted(Comparator.comparingLong(Gpu::usableMemoryBytes).reversed()).toList();
        if (sorted.isEmpty() || sorted.get(0).mig()) return sorted.stream().limit(1).toList();
        return sorted.stream().filter(gpu -> !gpu.mig()).limit(most).toList();
    }

    private static Optional<String> refusal(Machine machine, Gpu gpu) {
        return machine.cuda().isEmpty() ? Optional.of(NO_CUDA) : machine.cuda().get().refusal(gpu);
    }

    private static ProfileChoice chooseCuda(Machine machine, List<Gpu> gpus, OptionalInt threads, List<ProfileChoice.Rejected> others) {
        Gpu gpu = gpus.get(0);
        List<Profile.Card> cards = gpus.stream().map(each -> new Profile.Card(each.index(), each.name(), each.ordinal().orElseThrow())).toList();
        String why = gpu.computeCapability().map(capability -> "compute capability " + capability + ", ").orElse("") + "driver " + gpu.driver()
            + (machine.cuda().orElseThrow() instanceof CudaBuild build && !build.cudnn() ? "" : ", cuDNN");
        if (machine.cuda().orElseThrow() instanceof Cuda13Build build) {
            // What carries the executor alone has no ND4J beside it.
            Profile host = machine.nativeExtensions().isEmpty() ? new Profile.Cpu("", threads.orElse(machine.usableCores()), machine.memoryLimits().outside(), machine.usableMemoryBytes())
                : chooseCpu(machine, threads, new ArrayList<>()).profile();
            others.add(new ProfileChoice.Rejected("cpu", "slower than a GPU"));
            return new ProfileChoice(new Profile.Cuda13(cards, build.libraries().folders(), (Profile.Cpu) host), why, others);
        }
        others.add(new ProfileChoice.Rejected("cpu", "slower than a GPU"));
        return new ProfileChoice(new Profile.Cuda(cards, threads.orElse(machine.usableCores()), machine.memoryLimits().outside(), machine.usableMemoryBytes()), why, others);
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
                + " is on the class path", "Add org.nd4j:nd4j-native with classifier " + machine.platform() + ".");
        }
        String why = chosen.needs() == isa ? "the fastest build for " + isa.label()
            : "the CPU has " + isa.label() + ", but a build for it is not on the class path";
        if (isa == Isa.GENERIC) why = "the CPU shows neither AVX2 nor AVX-512";
        int count = threads.orElse(machine.usableCores());
        if (threads.isPresent() && count > machine.usableCores()) why += "; more threads than the " + machine.usableCores() + " usable cores";
        return new ProfileChoice(new Profile.Cpu(chosen.extension(), count, machine.memoryLimits().outside(), machine.usableMemoryBytes()), why, others);
    }

    private static ProfileChoice.Rejected rejected(NativeBuild build, String reason) {
        return new ProfileChoice.Rejected("cpu (" + NativeBuild.describe(build.extension()) + ")", reason);
    }

    private static ProfileUnavailableException cudaUnavailable(Machine machine, DeviceRequest request, Map<Gpu, String> reasons) {
        List<Gpu> gpus = machine.gpus().gpus();
        String reason;
        if (gpus.isEmpty()) {
            reason = noGpu(machine);
        } else if (request.gpu().isPresent() && gpus.stream().noneMatch(gpu -> gpu.index() == request.gpu().getAsInt())) {
            reason = "this machine has only " + String.join(", ", gpus.stream().map(gpu -> "cuda:" + gpu.index()).toList());
        } else if (machine.cuda().isEmpty()) {
            reason = NO_CUDA;
        } else {
            reason = reasons.entrySet().stream().filter(e -> request.gpu().isEmpty() || request.gpu().getAsInt() == e.getKey().index())
                .map(e -> "cuda:" + e.getKey().index() + " (" + e.getKey().name() + "): " + e.getValue()).collect(Collectors.joining("; "));
        }
        return new ProfileUnavailableException("device '" + request + "' was asked for, but " + reason, "Use --device cpu or auto.");
    }

    private static String noGpu(Machine machine) {
        return machine.gpus().notes().isEmpty() ? "no GPU was found" : machine.gpus().notes().get(0);
    }
}
