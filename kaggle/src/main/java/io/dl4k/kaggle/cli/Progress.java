package io.dl4k.kaggle.cli;

import io.dl4k.kaggle.competition.RunEvent;
import io.dl4k.kaggle.competition.RunObserver;
import io.dl4k.training.TrainingEvent;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Draws a run on stderr: a bar on a terminal, plain lines elsewhere, nothing when quiet. */
sealed interface Progress extends RunObserver, AutoCloseable {
    /** Set to true by the launcher where stderr is a terminal; Java cannot tell before version 22. */
    String TERMINAL = "dl4k.stderr.terminal";

    @Override
    void close();

    /** The front end that fits where stderr goes. */
    static Progress on(PrintWriter err, boolean quiet) {
        if (quiet) {
            return new Silent();
        }
        return Boolean.getBoolean(TERMINAL) ? new Bar() : new Lines(err);
    }

    /** Draws nothing. */
    record Silent() implements Progress {
        @Override
        public void on(RunEvent event) {
            // Quiet was asked for.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** One line a network, and one an epoch where epochs are long. */
    final class Lines implements Progress {
        /** Shorter epochs than this get no line: a table of forty would hide what matters. */
        private static final double LONG_EPOCH_SECONDS = 5;

        private final PrintWriter err;
        private int networks;
        private String name = "";

        Lines(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void on(RunEvent event) {
            if (event instanceof RunEvent.RunStarted started) {
                networks = started.networks();
            } else if (event instanceof RunEvent.NetworkStarted started) {
                name = name(started, networks);
            } else if (event instanceof RunEvent.Training training && training.event() instanceof TrainingEvent.EpochDone done
                    && done.epoch().seconds() >= LONG_EPOCH_SECONDS) {
                err.println(name + String.format(Locale.ROOT, " epoch %d: loss %.4f score %.4f %.0f rows/s", done.epoch().number(), done.epoch().trainingLoss(),
                        done.epoch().metric().orElse(Double.NaN), done.epoch().rowsPerSecond()));
                err.flush();
            } else if (event instanceof RunEvent.NetworkFinished done) {
                String what = done.fold() == RunEvent.ALL_ROWS ? "on all rows" : String.format(Locale.ROOT, "fold %d: score %.4f", done.fold() + 1, done.score());
                err.println(String.format(Locale.ROOT, "network %d/%d %s %s%s", done.number(), networks, done.candidate(), what, done.resumed() ? " (from the checkpoint)" : ""));
                err.flush();
            }
        }

        @Override
        public void close() {
            err.flush();
        }
    }

    /** One bar for the whole run, with what is being trained behind it. */
    final class Bar implements Progress {
        /** Parts of the bar that a network is, so that it moves within one too. */
        private static final int PARTS = 1000;
        private static final int WIDTH = 79;

        private ProgressBar bar;
        private int networks = 1;
        private int finished;
        private int epochs = 1;
        private String name = "";
        private boolean higherIsBetter;
        /** Of the networks that are trained; empty before the first. */
        private OptionalDouble best = OptionalDouble.empty();

        @Override
        public void on(RunEvent event) {
            if (event instanceof RunEvent.RunStarted started) {
                networks = started.networks();
                higherIsBetter = started.higherIsBetter();
                bar = new ProgressBarBuilder().setTaskName("").setInitialMax((long) networks * PARTS).setUnit("", PARTS).setUpdateIntervalMillis(200)
                        .setStyle(ProgressBarStyle.ASCII).setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH)).clearDisplayOnFinish().build();
            } else if (event instanceof RunEvent.NetworkStarted started) {
                name = started.candidate() + (started.fold() == RunEvent.ALL_ROWS ? " on all rows" : started.folds() > 1 ? " " + (started.fold() + 1) + "/" + started.folds() : "");
                epochs = started.epochs();
                bar.setExtraMessage(name + best());
            } else if (event instanceof RunEvent.Training training) {
                draw(training.event());
            } else if (event instanceof RunEvent.NetworkFinished done) {
                finished = done.number();
                boolean scored = !Double.isNaN(done.score());
                if (scored && (best.isEmpty() || (higherIsBetter ? done.score() > best.getAsDouble() : done.score() < best.getAsDouble()))) {
                    best = OptionalDouble.of(done.score());
                }
                bar.stepTo((long) finished * PARTS);
            }
        }

        private void draw(TrainingEvent event) {
            if (event instanceof TrainingEvent.StepDone step) {
                double epoch = step.epoch() - 1 + (double) step.batch() / step.batches();
                bar.stepTo(finished * (long) PARTS + Math.min(PARTS - 1, (long) (PARTS * epoch / epochs)));
            } else if (event instanceof TrainingEvent.EpochDone done) {
                bar.setExtraMessage(String.format(Locale.ROOT, "%s epoch %d: %.3f", name, done.epoch().number(), done.epoch().metric().orElse(Double.NaN)) + best());
            }
        }

        private String best() {
            return best.isEmpty() ? "" : String.format(Locale.ROOT, ", best %.3f", best.getAsDouble());
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
        }
    }

    private static String name(RunEvent.NetworkStarted started, int networks) {
        return "network " + started.number() + "/" + networks + " " + started.candidate();
    }
}
