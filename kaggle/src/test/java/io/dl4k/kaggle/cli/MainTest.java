package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

/** What a person sees of a failure: one line and a code. */
class MainTest {
    private static final long HEAP = Runtime.getRuntime().maxMemory() >> 20;
    private static final String FULL = "Java's heap of " + HEAP + " MiB is full. Give Java more with DL4K_JAVA_OPTS=-Xmx" + 2 * HEAP + "m, or use a machine with more memory.";

    /** A command that fails as it is told to. */
    @Command(name = "fail")
    private record Fail(Throwable failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            if (failure instanceof Error e) {
                throw e;
            }
            throw (Exception) failure;
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new OutOfMemoryError("Java heap space"), 1, FULL),
                Arguments.of(new IllegalStateException("preparing failed", new OutOfMemoryError("Java heap space")), 1, FULL),
                Arguments.of(new OutOfMemoryError("Cannot allocate new FloatPointer(9): totalBytes = 0, physicalBytes = 299M"), 1, "the memory beside Java's heap of " + HEAP
                        + " MiB is used up (Cannot allocate new FloatPointer(9): totalBytes = 0, physicalBytes = 299M). Give Java less with DL4K_JAVA_OPTS=-Xmx" + HEAP / 2
                        + "m, close other programs, or use a machine with more memory."),
                Arguments.of(new IllegalStateException(new RuntimeException("Allocation failed: [Requested amount exceeds HOST device limits]")), 1, "the memory beside Java's heap of "
                        + HEAP + " MiB is used up (Allocation failed: [Requested amount exceeds HOST device limits]). Give Java less with DL4K_JAVA_OPTS=-Xmx" + HEAP / 2
                        + "m, close other programs, or use a machine with more memory."),
                Arguments.of(new StackOverflowError(), 1, "internal error, please report it: java.lang.StackOverflowError. --verbose shows where."),
                Arguments.of(new IllegalStateException("two\nlines"), 1, "internal error, please report it: java.lang.IllegalStateException: two lines. --verbose shows where."),
                Arguments.of(new IOException("x.csv: No space left\n on device"), 2, "x.csv: No space left on device"),
                Arguments.of(new NoSuchFileException("x.csv"), 2, "x.csv: there is no such file or folder."),
                Arguments.of(new UncheckedIOException(null, new AccessDeniedException("x.csv")), 2, "x.csv: it may not be read or written."),
                Arguments.of(new FileSystemException("x.csv", null, "Read-only file system"), 2, "x.csv: Read-only file system."));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void run_failure_isOneLineAndACode(Throwable failure, int code, String message) {
        StringWriter err = new StringWriter();
        var commands = Main.commandLine().addSubcommand(new Fail(failure)).setErr(new PrintWriter(err, true));
        assertEquals(code, Main.run(commands, "fail"));
        assertEquals("dl4k: " + message + System.lineSeparator(), err.toString());
    }
}
