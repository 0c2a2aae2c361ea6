package io.dl4k.kaggle.cli;

import io.dl4k.kaggle.explain.Lesson;
import io.dl4k.kaggle.explain.LessonPage;
import io.dl4k.kaggle.explain.Topic;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "explain", sortOptions = false, description = {"Runs and shows an idea of deep learning: a few lines here, a page with charts in a folder. "
        + "Without a topic, lists them."})
final class ExplainCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TOPIC|all", arity = "0..1", description = "What to explain; all: every topic, as a small site.")
    private String topic;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "explain", description = "Folder for the pages, made if missing (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "The same seed gives the same pages (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private Logging logging;

    @Override
    public Integer call() throws IOException {
        PrintWriter terminal = spec.commandLine().getOut();
        if (topic == null) {
            int width = Topic.all().stream().mapToInt(one -> one.name().length()).max().orElseThrow();
            Topic.all().forEach(one -> terminal.printf("%-" + width + "s  %s%n", one.name(), one.summary()));
            terminal.printf("%nRun one: ./dl4k explain %s%nAll:     ./dl4k explain %s --out DIR%n", Topic.all().get(0).name(), ALL);
            terminal.flush();
            return ExitCode.OK;
        }
        List<Topic> site = topic.equals(ALL) ? Topic.all() : List.of();
        List<Topic> wanted = site.isEmpty() ? List.of(Topic.find(topic).orElseThrow(() -> new ParameterException(spec.commandLine(), "there is no topic '" + topic + "'. Topics: "
                + Topic.all().stream().map(Topic::name).collect(Collectors.joining(", ")) + ", " + ALL + "."))) : site;
        folder();
        // The networks are tiny: more threads only wait for each other.
        device.activate(OptionalInt.of(1));
        long start = System.nanoTime();
        for (Topic one : wanted) {
            Lesson lesson = one.explain(seed);
            LessonPage.write(out, one, lesson, site);
            terminal.println(one.title());
            lesson.lines().forEach(line -> terminal.println("  " + line));
            terminal.flush();
        }
        if (!site.isEmpty()) {
            LessonPage.writeIndex(out, site);
        }
        terminal.println(String.format(Locale.ROOT, "page %s topics=%d seconds=%.1f", out.resolve(site.isEmpty() ? LessonPage.file(wanted.get(0)) : LessonPage.INDEX), wanted.size(), (System.nanoTime() - start) / 1e9));
        terminal.flush();
        return ExitCode.OK;
    }

    /** Found wanting before the work and not after it. */
    private void folder() throws IOException {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new ParameterException(spec.commandLine(), "--out " + out + " is a file; name a folder");
        }
        if (Files.notExists(out)) {
            Path parent = out.toAbsolutePath().getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new ParameterException(spec.commandLine(), "--out " + out + ": the folder " + parent + " does not exist");
            }
            Files.createDirectory(out);
        }
        if (!Files.isWritable(out)) {
            throw new ParameterException(spec.commandLine(), "--out " + out + " is not writable");
        }
    }
}
