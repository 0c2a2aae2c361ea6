package io.dl4k.kaggle.cli;

import io.dl4k.hardware.Backend;
import io.dl4k.hardware.DeviceRequest;
import io.dl4k.hardware.GpuTrials;
import io.dl4k.hardware.Machine;
import io.dl4k.hardware.Probe;
import io.dl4k.hardware.ProfileChoice;
import io.dl4k.hardware.ProfileChooser;
import java.io.PrintWriter;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where to compute: a mixin of every command that does. */
final class DeviceOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--device", paramLabel = "auto|cpu|cuda[:N]", defaultValue = "auto", description = "Where to compute (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with (default: the cores there are).")
    private Integer threads;

    @Mixin
    private CudaLibrariesOption cuda;

    /** Chooses a profile without loading anything. */
    ProfileChoice choose() {
        return choose(OptionalInt.empty(), 1);
    }

    private ProfileChoice choose(OptionalInt usualThreads, int gpus) {
        if (threads != null && threads < 1) {
            throw new ParameterException(spec.commandLine(), "--threads must be at least 1, got " + threads);
        }
        DeviceRequest request;
        try {
            request = DeviceRequest.parse(device);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--device: " + e.getMessage(), e);
        }
        Machine machine = Probe.thisMachine(cuda.folders());
        machine.memoryLimits().refusal().ifPresent(reason -> {
            throw new ParameterException(spec.commandLine(), reason);
        });
        return ProfileChooser.choose(machine, request.withMost(gpus), threads == null ? usualThreads : OptionalInt.of(threads), GpuTrials.ofUser());
    }

    /**
     * Chooses a profile and loads ND4J under it. Prints nothing: whoever finds fault with the input afterwards has the one line to say so.
     *
     * @return what was chosen, for {@link #announce}
     */
    ProfileChoice activate() {
        return activate(OptionalInt.empty());
    }

    /** The same for work that has a better number of threads than the cores there are, where the user names none. */
    ProfileChoice activate(OptionalInt usualThreads) {
        return activate(usualThreads, 1);
    }

    /** The same for work that can use several GPUs at once. @param gpus how many at most */
    ProfileChoice activate(int gpus) {
        return activate(OptionalInt.empty(), gpus);
    }

    private ProfileChoice activate(OptionalInt usualThreads, int gpus) {
        ProfileChoice choice = choose(usualThreads, gpus);
        Backend.activate(choice.profile());
        return choice;
    }

    /** Tells in one line what was chosen and why. */
    static void announce(ProfileChoice choice, PrintWriter err) {
        err.println("device: " + choice.profile() + ": " + choice.why());
        err.flush();
    }
}
