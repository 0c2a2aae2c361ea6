package io.dl4k.kaggle.cli;

import io.dl4k.kaggle.competition.RunEvent;
import io.dl4k.kaggle.competition.RunObserver;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Says, where a run is interrupted, what is kept of it and how to go on. The JVM itself then ends with 130. */
final class Interruption implements RunObserver, AutoCloseable {
    private final Thread hook;
    private volatile int finished;
    private volatile int networks;

    /** @param folder of the checkpoint */
    Interruption(Path folder, PrintWriter err) {
        hook = new Thread(() -> {
            err.println();
            err.println("dl4k: interrupted; " + finished + " of " + networks + " networks are kept in " + folder + ". The same command with --resume goes on.");
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
