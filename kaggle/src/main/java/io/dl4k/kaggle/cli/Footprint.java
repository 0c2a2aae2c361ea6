package io.dl4k.kaggle.cli;

import io.dl4k.hardware.ProcessMemory;
import io.dl4k.kaggle.competition.RunEvent;
import io.dl4k.training.TrainingEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/** What a run's trainings held outside the heap, and what of them DL4J's own layers computed: gathered while it runs, said once. */
final class Footprint {
    private static final double MEBIBYTE = 1L << 20;

    private final Consumer<String> say;
    private final Set<String> said = new HashSet<>();
    private final Set<String> leftToStock = new LinkedHashSet<>();
    private String candidate = "";
    private long programs;

    /** @param say told at once, once for each candidate and reason, where a GPU leaves a network to the processor */
    Footprint(Consumer<String> say) {
        this.say = say;
    }

    void on(RunEvent event) {
        if (event instanceof RunEvent.NetworkStarted started) {
            candidate = started.candidate();
        } else if (event instanceof RunEvent.Training training && training.event() instanceof TrainingEvent.PassedOver passed) {
            for (String reason : passed.reasons()) {
                String line = candidate + ": the processor computes it, not the GPU: " + reason;
                if (said.add(line)) {
                    say.accept(line);
                }
            }
        } else if (event instanceof RunEvent.Training training && training.event() instanceof TrainingEvent.Computed computed) {
            programs = Math.max(programs, computed.bytes());
            computed.leftToStock().forEach(line -> leftToStock.add(candidate + ", " + line));
        }
    }

    /** {@code 812 MiB resident at most (limit 11,264 MiB), …, 25.2 MiB of accelerated programs}. */
    String memory() {
        return ProcessMemory.now() + String.format(Locale.ROOT, ", %.1f MiB of accelerated programs", programs / MEBIBYTE);
    }

    /** For {@code --verbose}: a line for each layer or step that was not accelerated, and one of the memory. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        leftToStock.forEach(line -> lines.add("not accelerated: " + line));
        lines.add("memory: " + memory());
        return lines;
    }
}
