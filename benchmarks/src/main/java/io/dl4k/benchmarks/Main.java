package io.dl4k.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dl4k.benchmarks.report.Measurements;
import io.dl4k.benchmarks.report.Page;
import io.dl4k.hardware.DeviceRequest;
import io.dl4k.hardware.Gpu;
import io.dl4k.hardware.GpuTrials;
import io.dl4k.hardware.Probe;
import io.dl4k.hardware.Profile;
import io.dl4k.hardware.ProfileChooser;
import io.dl4k.hardware.ProfileUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * JMH with four things more: {@code --quick} measures less of everything, {@code --device cpu|cuda[:N]} says where, {@code --save FILE} writes the results with the machine, and {@code report} makes
 * {@code docs/benchmarks.md} from such files. All other arguments are JMH's own, as {@code -h} shows them. Exit: 0 measured, 1 our fault, 2 wrong arguments.
 */
public final class Main {
    private static final Set<String> QUESTIONS = Set.of("-h", "-l", "-lp", "-lprof", "-lrf");
    /** The quick mode's share of the products: one square in the caches, one beyond, and layers. */
    private static final String[] QUICK_SHAPES = {"512x512x512", "2048x2048x2048", "128x784x512", "32x128x512", "25088x288x64"};
    private static final String QUICK_QUESTIONS = "(trainingStep|inference|multiply|CsvPeersBenchmark.*)$";

    private Main() {
    }

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        System.exit(run(new ArrayList<>(Arrays.asList(arguments))));
    }

    static int run(List<String> arguments) throws IOException {
        if (!arguments.isEmpty() && arguments.get(0).equals("report")) return report(arguments);
        boolean quick = arguments.remove("--quick");
        int save = arguments.indexOf("--save");
        if (save >= 0 && save + 1 == arguments.size()) return refuse("--save needs a file");
        Path file = null;
        if (save >= 0) {
            arguments.remove(save);
            file = Path.of(arguments.remove(save));
        }
        DeviceRequest device = DeviceRequest.CPU;
        int asked = arguments.indexOf("--device");
        if (asked >= 0 && asked + 1 == arguments.size()) return refuse("--device needs cpu, cuda or cuda:N");
        Optional<Gpu> gpu = Optional.empty();
        if (asked >= 0) {
            arguments.remove(asked);
            try {
                device = DeviceRequest.parse(arguments.remove(asked));
                gpu = gpu(device);
            } catch (IllegalArgumentException e) {
                return refuse("--device: " + e.getMessage());
            } catch (ProfileUnavailableException e) {
                return refuse(e.getMessage());
            }
        }
        String[] jmh = arguments.toArray(String[]::new);
        if (!QUESTIONS.stream().filter(arguments::contains).toList().isEmpty()) {
            org.openjdk.jmh.Main.main(jmh);
            return 0;
        }
        if (System.getenv("OMP_WAIT_POLICY") == null) {
            System.err.println("OMP_WAIT_POLICY is not set: threads will spin while they wait. ./dl4k bench sets it to PASSIVE, as ./dl4k train does.");
        }
        try {
            Options given = new CommandLineOptions(jmh);
            Machine machine = Machine.now();
            Options where = on(device, given);
            Collection<RunResult> results = new Runner(quick ? quick(where) : where).run();
            ObjectNode surroundings = machine.toJson();
            gpu.ifPresent(found -> Machine.describe(found, surroundings.putObject("gpu")));
            Measurements measured = Measurements.of(surroundings, (quick ? "--quick " : "") + (asked >= 0 ? "--device " + device + " " : "") + String.join(" ", jmh), results);
            System.out.println(System.lineSeparator() + Page.tables(measured));
            if (file != null) measured.write(file);
            return 0;
        } catch (CommandLineOptionException e) {
            return refuse(e.getMessage());
        } catch (NoBenchmarksException e) {
            return refuse("no benchmark matches " + String.join(" ", jmh) + "; ./dl4k bench -l lists them");
        } catch (RunnerException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    private static int report(List<String> arguments) throws IOException {
        if (arguments.size() != 1 && arguments.size() != 3) return refuse("report takes nothing, or the folder of results and the page to write");
        Path results = Path.of(arguments.size() == 3 ? arguments.get(1) : "benchmarks/results");
        Path page = Path.of(arguments.size() == 3 ? arguments.get(2) : "docs/benchmarks.md");
        Page.write(results, page);
        return 0;
    }

    private static int refuse(String message) {
        System.err.println(message);
        return 2;
    }

    /** The GPU that a run on this device would be made on; empty for the CPU. */
    private static Optional<Gpu> gpu(DeviceRequest device) {
        var machine = Probe.thisMachine();
        Profile profile = ProfileChooser.choose(machine, device, OptionalInt.empty(), GpuTrials.ofUser()).profile();
        return machine.gpus().gpus().stream().filter(each -> profile.device().equals("cuda:" + each.index())).findFirst();
    }

    /** Peers have no part in a run on a GPU: theirs here are CPU builds. */
    private static Options on(DeviceRequest device, Options given) {
        if (device.kind() == DeviceRequest.Kind.CPU) return given;
        ChainedOptionsBuilder builder = new OptionsBuilder().parent(given).jvmArgsAppend("-D" + AbstractBenchmark.DEVICE + "=" + device);
        if (!given.getParameter("implementation").hasValue()) builder.param("implementation", "stock", "dl4k");
        if (given.getIncludes().isEmpty()) builder.include("StepBenchmark");
        return builder.build();
    }

    /** One fork and short samples, where the command line does not say otherwise; all that computes, against all peers. */
    static Options quick(Options given) {
        ChainedOptionsBuilder less = new OptionsBuilder().parent(given);
        if (!given.getForkCount().hasValue()) less.forks(1);
        if (!given.getWarmupIterations().hasValue()) less.warmupIterations(2);
        if (!given.getWarmupTime().hasValue()) less.warmupTime(TimeValue.milliseconds(700));
        if (!given.getMeasurementIterations().hasValue()) less.measurementIterations(3);
        if (!given.getMeasurementTime().hasValue()) less.measurementTime(TimeValue.milliseconds(700));
        if (!given.getParameter("shape").hasValue()) less.param("shape", QUICK_SHAPES);
        if (given.getIncludes().isEmpty()) less.include(QUICK_QUESTIONS);
        return less.build();
    }
}
