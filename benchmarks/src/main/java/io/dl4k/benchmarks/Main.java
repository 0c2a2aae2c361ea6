package io.dl4k.benchmarks;

import io.dl4k.benchmarks.report.Measurements;
import io.dl4k.benchmarks.report.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
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
 * JMH with three things more: {@code --quick} measures less of everything, {@code --save FILE} writes the results with the machine, and {@code report} makes
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

    private static int run(List<String> arguments) throws IOException {
        if (!arguments.isEmpty() && arguments.get(0).equals("report")) return report(arguments);
        boolean quick = arguments.remove("--quick");
        int save = arguments.indexOf("--save");
        if (save >= 0 && save + 1 == arguments.size()) return refuse("--save needs a file");
        Path file = null;
        if (save >= 0) {
            arguments.remove(save);
            file = Path.of(arguments.remove(save));
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
            Collection<RunResult> results = new Runner(quick ? quick(given) : given).run();
            Measurements measured = Measurements.of(machine.toJson(), (quick ? "--quick " : "") + String.join(" ", jmh), results);
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
