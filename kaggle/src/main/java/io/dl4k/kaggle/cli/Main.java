package io.dl4k.kaggle.cli;

import io.dl4k.data.DataException;
import io.dl4k.hardware.Probe;
import io.dl4k.hardware.ProfileUnavailableException;
import io.dl4k.training.DivergedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Entry point of {@code ./dl4k}. */
@Command(name = "dl4k", description = {"Deep learning for Kaggle on the JVM: from a CSV to a submission.", "Start with: ./dl4k train%n"},
        subcommands = {TrainCommand.class, PredictCommand.class, CheckCommand.class, CompetitionsCommand.class, DevicesCommand.class, GpuCheckCommand.class, ExplainCommand.class, BenchCommand.class},
        mixinStandardHelpOptions = true, versionProvider = Main.Version.class, scope = ScopeType.INHERIT, synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n", exitCodeList = {"0:done", "1:our fault", "2:the input or the arguments are wrong", "130:interrupted; --resume goes on"})
public final class Main implements Runnable {
    /** A chain of causes may be a circle. */
    private static final int MOST_CAUSES = 20;

    @Spec
    private CommandSpec spec;

    private Main() {
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Logging.configure(arguments);
        System.exit(run(commandLine(), arguments));
    }

    /** Picocli hands exceptions to {@link #failed}, but lets errors through to a stack trace. */
    static int run(CommandLine commands, String... arguments) {
        try {
            return commands.execute(arguments);
        } catch (OutOfMemoryError e) {
            commands.getErr().println(outOfMemory(e));
        } catch (Error e) {
            commands.getErr().println(internal(e));
            if (Logging.verbose()) {
                e.printStackTrace(commands.getErr());
            }
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** The heap says that it is full in words of its own; JavaCPP and ND4J say what they could not allocate outside it. */
    private static String outOfMemory(Throwable e) {
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        boolean outside = e.getMessage() != null && e.getMessage().matches("(?s).*([Aa]llocat|[Pp]hysical).*");
        if (outside) {
            return "dl4k: the memory beside Java's heap of " + heap + " MiB is used up (" + oneLine(e.getMessage()) + "). Give Java less with DL4K_JAVA_OPTS=-Xmx"
                    + heap / 2 + "m, close other programs, or use a machine with more memory.";
        }
        long possible = Math.min(2 * heap, Probe.memoryLimits().largestHeap() >> 20);
        String more = possible > heap ? "Give Java more with DL4K_JAVA_OPTS=-Xmx" + possible + "m, use" : "Use";
        return "dl4k: Java's heap of " + heap + " MiB is full. " + more + " a machine with more memory, or fewer rows or columns.";
    }

    /** ND4J says it by an exception of no class of its own. */
    private static Optional<Throwable> outOfMemoryIn(Throwable e) {
        return Stream.iterate(e, Objects::nonNull, Throwable::getCause).limit(MOST_CAUSES)
                .filter(cause -> cause instanceof OutOfMemoryError || cause.getMessage() != null && cause.getMessage().startsWith("Allocation failed: [")).findFirst();
    }

    private static String internal(Throwable e) {
        return "dl4k: internal error, please report it: " + oneLine(e.toString()) + ". --verbose shows where.";
    }

    /** The command line, ready to execute; tests give it their own streams. */
    static CommandLine commandLine() {
        return commandLine(new Main());
    }

    /** @param root a command of commands */
    static CommandLine commandLine(Object root) {
        CommandLine commands = new CommandLine(root);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setUsageHelpWidth(80);
        commands.registerConverter(Integer.class, text -> whole(text, Integer::valueOf));
        commands.registerConverter(long.class, text -> whole(text, Long::valueOf));
        commands.setParameterExceptionHandler(Main::wrongArguments);
        commands.setExecutionExceptionHandler((e, command, result) -> failed(e, command));
        return commands;
    }

    /** What picocli says of a number names Java's types. */
    private static <N> N whole(String text, Function<String, N> parse) {
        try {
            return parse.apply(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("expected a whole number, found '" + text + "'");
        }
    }

    @Override
    public void run() {
        throw new MissingParameterException(spec.commandLine(), List.of(), "a command is missing");
    }

    private static int wrongArguments(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("dl4k: " + oneLine(e.getMessage()));
        // Our own messages about a value say what to do; picocli's about the form of the command do not.
        if (e.getClass() == ParameterException.class) {
            return CommandLine.ExitCode.USAGE;
        }
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr().println("Try './" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine command) {
        boolean theirs = e instanceof DataException || e instanceof ProfileUnavailableException || e instanceof IOException || e instanceof UncheckedIOException;
        boolean known = theirs || e instanceof DivergedException;
        Optional<Throwable> memory = outOfMemoryIn(e);
        if (memory.isPresent()) {
            command.getErr().println(outOfMemory(memory.get()));
        } else if (known) {
            command.getErr().println("dl4k: " + message(e));
        } else {
            command.getErr().println(internal(e));
        }
        if (Logging.verbose()) {
            e.printStackTrace(command.getErr());
        }
        return theirs ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }

    /** Java's own file exceptions have the path for a message and what happened for a class name. */
    private static String message(Exception e) {
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null && e.getMessage() == null ? e.getCause() : e;
        if (cause instanceof java.nio.file.NoSuchFileException) {
            return cause.getMessage() + ": there is no such file or folder.";
        }
        if (cause instanceof java.nio.file.AccessDeniedException) {
            return cause.getMessage() + ": it may not be read or written.";
        }
        if (cause instanceof java.nio.file.FileSystemException f && f.getReason() != null) {
            return f.getFile() + ": " + f.getReason() + ".";
        }
        return oneLine(String.valueOf(cause.getMessage()));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"dl4k " + text(), "Deeplearning4j " + deeplearning4j() + ", Java " + Runtime.version()};
        }

        static String text() {
            String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }

        /** Deeplearning4j's jars have no version in their manifest, but Maven's properties. */
        static String deeplearning4j() {
            Properties properties = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties")) {
                if (in != null) {
                    properties.load(in);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Deeplearning4j's jar is damaged", e);
            }
            return properties.getProperty("version", "unknown");
        }
    }
}
