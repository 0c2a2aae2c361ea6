package io.dl4k.kaggle.report;

import io.dl4k.hardware.Gpu;
import io.dl4k.hardware.LoadedBackend;
import io.dl4k.hardware.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A titled list of names and values, shown as it is.
 *
 * @param title above the list
 * @param facts in the order shown
 */
public record Facts(String title, List<Fact> facts) {
    /** One line of it. */
    public record Fact(String name, String value) {
    }

    public Facts {
        facts = List.copyOf(facts);
    }

    /** The machine, and what of it was used. */
    public static Facts of(Machine machine, LoadedBackend backend) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Ran on", backend.profile().toString()));
        facts.add(new Fact("Processor", machine.processor().model() + ", " + machine.processor().isa().label()));
        facts.add(new Fact("Cores", machine.usableCores() + " usable of " + machine.cores()));
        if (machine.usableMemoryBytes() > 0) {
            facts.add(new Fact("Memory", String.format(Locale.ROOT, "%.1f GiB usable", machine.usableMemoryBytes() / (double) (1L << 30))));
        }
        for (Gpu gpu : machine.gpus().gpus()) {
            facts.add(new Fact("GPU " + gpu.index(), gpu.name() + ", driver " + gpu.driver()));
        }
        facts.add(new Fact("System", machine.platform()));
        facts.add(new Fact("Native library", backend.classifier() + ", BLAS " + backend.blas() + ", oneDNN " + (backend.oneDnn() ? "yes" : "no")));
        return new Facts("Machine", facts);
    }
}
