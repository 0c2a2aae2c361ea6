package io.dl4k.kaggle.cli;

import java.util.Arrays;
import picocli.CommandLine.Option;

/** Logs of Deeplearning4j: off, unless asked for. A mixin of every command that trains or predicts. */
final class Logging {
    private static final String LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";
    private static final String VERBOSE = "--verbose";

    @Option(names = VERBOSE, description = "Log what Deeplearning4j and DL4K do to stderr, and show where an error arose.")
    private boolean verbose;

    /** Must run before the first logger is made, so before arguments are parsed. */
    static void configure(String[] arguments) {
        System.setProperty(LEVEL, Arrays.asList(arguments).contains(VERBOSE) ? "info" : "off");
        // SLF4J's own remarks about itself are no concern of a user.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }

    static boolean verbose() {
        return "info".equals(System.getProperty(LEVEL));
    }
}
