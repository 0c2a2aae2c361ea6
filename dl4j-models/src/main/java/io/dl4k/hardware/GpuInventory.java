package io.dl4k.hardware;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The GPUs of a machine.
 *
 * @param gpus  by index; empty if there is none that could be read
 * @param notes what stood in the way, one line each: the tool is missing, hangs, or answers what we cannot read
 * @param cuda  the newest CUDA that the driver serves, {@code 13.0}; empty if there is no GPU or the driver does not tell
 */
public record GpuInventory(List<Gpu> gpus, List<String> notes, Optional<String> cuda) {
    public GpuInventory {
        gpus = List.copyOf(gpus);
        notes = List.copyOf(notes);
        Objects.requireNonNull(cuda, "cuda");
    }
}
