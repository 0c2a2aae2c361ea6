package io.dl4k.kaggle.cli;

import io.dl4k.hardware.Backend;
import io.dl4k.hardware.DeviceReport;
import io.dl4k.hardware.DeviceRequest;
import io.dl4k.hardware.GpuTrials;
import io.dl4k.hardware.LoadedBackend;
import io.dl4k.hardware.Machine;
import io.dl4k.hardware.Probe;
import io.dl4k.hardware.ProfileChoice;
import io.dl4k.hardware.ProfileChooser;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "devices", description = "Shows the CPU and every GPU, which profile runs, and why each other one does not.")
final class DevicesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private CudaLibrariesOption cuda;

    @Override
    public Integer call() {
        Machine machine = Probe.thisMachine(cuda.folders());
        ProfileChoice choice = ProfileChooser.choose(machine, DeviceRequest.AUTO, OptionalInt.empty(), GpuTrials.ofUser());
        LoadedBackend loaded = Backend.activate(choice.profile());
        DeviceReport.lines(machine, choice, Optional.of(loaded)).forEach(spec.commandLine().getOut()::println);
        return ExitCode.OK;
    }
}
