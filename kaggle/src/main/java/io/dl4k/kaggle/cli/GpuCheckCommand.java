package io.dl4k.kaggle.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dl4k.accel.check.Check;
import io.dl4k.accel.check.Comparison;
import io.dl4k.accel.check.Fixture;
import io.dl4k.accel.check.FixtureFile;
import io.dl4k.accel.check.Reference;
import io.dl4k.accel.check.Timing;
import io.dl4k.accel.cuda.CudaKernels;
import io.dl4k.accel.cuda.CudaMeter;
import io.dl4k.accel.cuda.CudaVersions;
import io.dl4k.accel.program.Precision;
import io.dl4k.data.AtomicFile;
import io.dl4k.hardware.Backend;
import io.dl4k.hardware.DeviceRequest;
import io.dl4k.hardware.Gpu;
import io.dl4k.hardware.GpuTrials;
import io.dl4k.hardware.Machine;
import io.dl4k.hardware.Probe;
import io.dl4k.hardware.Profile;
import io.dl4k.hardware.ProfileChoice;
import io.dl4k.hardware.ProfileChooser;
import io.dl4k.hardware.ProfileUnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs without ND4J where what is right comes from a file. */
@Command(name = "gpu-check", sortOptions = false, description = {"Checks a GPU: networks of every kind of layer, loss, updater and mask, and those of the benchmarks, are computed and trained "
        + "on it and compared with what the processor computes. With --bench it is timed instead."}, exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the GPU is right", "1:it computed something wrong", "2:no GPU can run it, or the arguments are wrong"})
final class GpuCheckCommand implements Callable<Integer> {
    /** The JSON's version. */
    private static final int FORMAT = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = "--device", paramLabel = "cuda[:N]", defaultValue = "cuda", description = "Which GPU (default: the one with the most memory).")
    private String device;

    @Mixin
    private CudaLibrariesOption cuda;

    @Option(names = "--fixtures", paramLabel = "FILE", description = "What the processor computed, as --make-fixtures wrote it (default: it computes it now).")
    private Path fixtures;

    @Option(names = "--make-fixtures", paramLabel = "FILE", description = "Writes what the processor computes, for a machine with a GPU, and ends.")
    private Path made;

    @Option(names = "--only", paramLabel = "TEXT", defaultValue = "", description = "Only the networks whose name contains this.")
    private String only;

    @Option(names = "--precision", paramLabel = "float32|tf32|bf16", defaultValue = "float32", description = "Of products and convolutions (default: ${DEFAULT-VALUE}). More is then allowed.")
    private String precisionName;

    @Option(names = "--bench", description = "Times products and the networks of the benchmarks by the GPU's clock.")
    private boolean bench;

    @Option(names = "--quick", description = "The networks of the benchmarks with few rows and steps: to try the command.")
    private boolean quick;

    @Option(names = "--report", paramLabel = "FILE.json", description = "Writes results, GPU, driver and versions as JSON too.")
    private Path report;

    @Mixin
    private Logging logging;

    @Override
    public Integer call() throws IOException {
        OutputFile written = new OutputFile(spec.commandLine(), "--report", report);
        written.requireFolder();
        if (made != null) {
            return makeFixtures();
        }
        if (fixtures != null && !Files.isReadable(fixtures)) {
            throw new ParameterException(spec.commandLine(), "--fixtures " + fixtures + ": there is no such file, or it may not be read. ./dl4k gpu-check --make-fixtures FILE writes one.");
        }
        Precision precision = precision();
        long start = System.nanoTime();
        Machine machine = Probe.thisMachine(cuda.folders());
        ProfileChoice choice;
        try {
            choice = ProfileChooser.choose(machine, request(), OptionalInt.empty(), GpuTrials.ofUser());
        } catch (ProfileUnavailableException e) {
            throw new ParameterException(spec.commandLine(), "no GPU can be checked: " + e.reason() + ".", e);
        }
        if (!(choice.profile() instanceof Profile.Cuda13 gpu)) {
            throw new ParameterException(spec.commandLine(), "this build has ND4J's CUDA backend, gpu-check is of the executor for CUDA 13: leave out --cuda.");
        }
        PrintWriter out = spec.commandLine().getOut();
        FixtureFile.Contents expected = expected(gpu);
        List<Fixture> all = expected.fixtures().stream().filter(each -> each.name().contains(only)).toList();
        if (all.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--only '" + only + "': no network has a name with that in it.");
        }
        ObjectNode json = JsonMapper.builder().build().createObjectNode();
        describe(machine, gpu, expected.made(), json, out);
        json.put("precision", precision.toString());
        boolean right = bench ? time(gpu, all, precision, json, out) : check(gpu, all, precision, json, out);
        if (report != null) {
            AtomicFile.write(report, to -> to.write(JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsBytes(json)));
        }
        out.println(String.format(Locale.ROOT, "gpu-check %s networks=%d seconds=%.1f device=%s", bench ? "timed" : right ? "right" : "WRONG", all.size(), (System.nanoTime() - start) / 1e9, gpu.device()));
        return right ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private DeviceRequest request() {
        try {
            DeviceRequest request = DeviceRequest.parse(device);
            if (request.kind() == DeviceRequest.Kind.CUDA) {
                return request;
            }
        } catch (IllegalArgumentException e) {
            // Said below, with what fits here.
        }
        throw new ParameterException(spec.commandLine(), "--device: expected cuda or cuda:N with N the number of a GPU from 0, got '" + device + "'");
    }

    private Precision precision() {
        try {
            return Precision.parse(precisionName);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--precision: " + e.getMessage(), e);
        }
    }

    private int makeFixtures() throws IOException {
        new OutputFile(spec.commandLine(), "--make-fixtures", made).requireFolder();
        Backend.activate(ProfileChooser.choose(Probe.thisMachine(), DeviceRequest.CPU, OptionalInt.empty()).profile());
        List<Fixture> all = Reference.compute(only, quick, this::progress);
        FixtureFile.write(made, Reference.name(), all);
        spec.commandLine().getOut().println("fixtures " + made + " networks=" + all.size() + " bytes=" + Files.size(made));
        return ExitCode.OK;
    }

    private void progress(String name) {
        if (Logging.verbose()) {
            spec.commandLine().getErr().println(name);
        }
    }

    private FixtureFile.Contents expected(Profile.Cuda13 gpu) throws IOException {
        if (fixtures != null) {
            Backend.setProperties(gpu);
            return FixtureFile.read(fixtures);
        }
        Backend.activate(gpu);
        return new FixtureFile.Contents(Reference.name(), Reference.compute(only, quick, this::progress));
    }

    private void describe(Machine machine, Profile.Cuda13 profile, String reference, ObjectNode json, PrintWriter out) {
        Gpu gpu = machine.gpus().gpus().stream().filter(each -> each.index() == profile.gpu()).findFirst().orElseThrow();
        CudaVersions versions = CudaVersions.loaded();
        json.put("format", FORMAT).put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()).put("commit", System.getProperty("dl4k.commit", "unknown"));
        json.put("dl4k", Main.Version.text()).put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        json.put("processor", machine.processor().model()).put("cores", machine.usableCores()).put("reference", reference);
        ObjectNode of = json.putObject("gpu");
        of.put("name", gpu.name()).put("driver", gpu.driver()).put("memoryMiB", gpu.memoryBytes() >> 20);
        gpu.computeCapability().ifPresent(capability -> of.put("computeCapability", capability.toString()));
        json.set("versions", JsonMapper.builder().build().valueToTree(versions));
        profile.libraries().forEach(folder -> json.withArray("libraries").add(folder.toString()));
        out.println(gpu.name() + ", compute capability " + gpu.computeCapability().map(Object::toString).orElse("unknown") + ", driver " + gpu.driver() + ", " + (gpu.memoryBytes() >> 20) + " MiB");
        out.println("driver serves CUDA " + versions.driver() + "; runtime " + versions.runtime() + ", cuBLASLt " + versions.cublasLt() + ", cuDNN " + versions.cudnn() + ", NVRTC " + versions.nvrtc()
                + " of " + String.join(", ", profile.libraries().stream().map(Path::toString).toList()));
        out.println("compared with " + reference + System.lineSeparator());
        out.flush();
    }

    private boolean check(Profile.Cuda13 gpu, List<Fixture> all, Precision precision, ObjectNode json, PrintWriter out) {
        CheckTable table = new CheckTable(out, precision);
        table.head();
        // Row by row: should a library end the process, the last row says where.
        List<Comparison> found = Check.run(all, () -> CudaKernels.open(gpu.ordinal(), precision), precision, table::row);
        for (Comparison each : found) {
            ObjectNode row = json.withArray("results").addObject().put("name", each.name()).put("right", each.right());
            for (Comparison.Kind kind : Comparison.Kind.values()) {
                if (each.errors().containsKey(kind)) {
                    row.putObject(kind.label()).put("error", each.errors().get(kind)).put("allowed", each.allowed().get(kind));
                }
            }
            if (!each.right()) row.put("problem", each.problem());
        }
        long wrong = found.stream().filter(each -> !each.right()).count();
        out.println(System.lineSeparator() + (found.size() - wrong) + " right, " + wrong + " wrong");
        return wrong == 0;
    }

    private boolean time(Profile.Cuda13 gpu, List<Fixture> all, Precision precision, ObjectNode json, PrintWriter out) {
        Timing found = Timing.measure(all, quick ? Timing.Scale.QUICK : Timing.Scale.FULL, () -> (CudaKernels) CudaKernels.open(gpu.ordinal(), precision), () -> new CudaMeter(gpu.ordinal(), precision), this::progress);
        TimingTable.print(found, out);
        json.put("implementation", "dl4k").put("precision", precision.toString()).put("copyGigabytes", found.copyGigabytes()).put("productTeraflops", found.productTeraflops());
        for (Timing.Product each : found.products()) {
            json.withArray("products").addObject().put("m", each.m()).put("n", each.n()).put("k", each.k()).put("ms", each.milliseconds()).put("teraflops", each.teraflops());
        }
        for (Timing.Step each : found.steps()) {
            json.withArray("steps").addObject().put("implementation", "dl4k").put("precision", precision.toString()).put("network", each.network()).put("batch", each.rows()).put("inferenceMs", each.inference())
                    .put("forwardMs", each.forward()).put("gradientMs", each.gradient()).put("stepMs", each.step()).put("busyMs", each.busy()).put("loopMs", each.loop()).put("idle", each.idle())
                    .put("flops", each.work().flops()).put("bytes", each.work().bytes()).put("ofCeiling", each.ofCeiling(found.copyGigabytes(), found.productTeraflops()));
        }
        return true;
    }
}
