package io.dl4k.kaggle.cli;

import io.dl4k.kaggle.competition.Checkpoints;
import io.dl4k.kaggle.competition.RunEvent;
import io.dl4k.kaggle.competition.RunObserver;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** Has a checkpoint written where a run is interrupted, and says what is kept of it and how to go on. The JVM itself then ends with 130. */
final class Interruption implements RunObserver, AutoCloseable {
    /** For the step that is running; who presses Ctrl-C does not wait for long. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Thread hook;
    private volatile int finished;
    private volatile int networks;

    /** @param folder of the checkpoint */
    Interruption(Path folder, Checkpoints checkpoints, PrintWriter err) {
        hook = new Thread(() -> {
            String message;
            try {
                OptionalLong steps = checkpoints.keepNow(PATIENCE);
                String begun = steps.orElse(0) > 0 ? ", and " + steps.getAsLong() + " steps of the next one," : "";
                message = finished + " of " + networks + " networks" + begun + " are kept in " + folder + ". The same command with --resume goes on.";
            } catch (UncheckedIOException e) {
                message = "not all that was done could be kept: " + e.getMessage() + " The same command with --resume goes on from what is in " + folder + ".";
            }
            err.println();
            err.println("dl4k: interrupted; " + message);
            err.flush();
        }, "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.RunStarted started) {
            networks = started.networks();
        } else if (event instanceof RunEvent.NetworkFinished done) {
            finished = done.number();
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is going down already: the hook has its say.
            Thread.currentThread().interrupt();
        }
    }
}
