package io.dl4k.hardware;

import java.util.List;

/**
 * The GPUs of a machine.
 *
 * @param gpus  by index; empty if there is none that could be read
 * @param notes what stood in the way, one line each: the tool is missing, hangs, or answers what we cannot read
 */
public record GpuInventory(List<Gpu> gpus, List<String> notes) {
    public GpuInventory {
        gpus = List.copyOf(gpus);
        notes = List.copyOf(notes);
    }
}
