package io.dl4k.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code CUDA_VISIBLE_DEVICES} as CUDA reads it: a list of numbers, or of UUIDs or the beginnings of them, of cards or MIG slices; its order numbers the devices anew,
 * and the first entry that names nothing ends it. Numbers are taken in the driver's order, which is CUDA's with {@code CUDA_DEVICE_ORDER=PCI_BUS_ID}.
 */
final class VisibleDevices {
    private VisibleDevices() {
    }

    /** The GPUs with the numbers that CUDA gives them. @param variable empty if it is not set */
    static List<Gpu> number(List<Gpu> gpus, Optional<String> variable) {
        List<Gpu> visible = variable.isEmpty() ? gpus : new ArrayList<>();
        if (variable.isPresent()) {
            for (String entry : variable.get().split(",", -1)) {
                Optional<Gpu> named = named(gpus, entry.strip());
                // A GPU named twice is CUDA's reason to show none.
                if (named.isPresent() && visible.contains(named.get())) return gpus.stream().map(gpu -> gpu.withOrdinal(OptionalInt.empty())).toList();
                if (named.isEmpty()) break;
                visible.add(named.get());
            }
        }
        List<Gpu> numbered = new ArrayList<>();
        for (Gpu gpu : gpus) {
            int at = visible.indexOf(gpu);
            numbered.add(gpu.withOrdinal(at < 0 ? OptionalInt.empty() : OptionalInt.of(at)));
        }
        return numbered;
    }

    private static Optional<Gpu> named(List<Gpu> gpus, String entry) {
        if (entry.matches("\\d{1,4}")) {
            int index = Integer.parseInt(entry);
            return gpus.stream().filter(gpu -> gpu.index() == index).findFirst();
        }
        if (entry.startsWith("MIG-")) return only(gpus.stream().filter(gpu -> gpu.slices().stream().anyMatch(slice -> slice.uuid().startsWith(entry))).toList());
        if (entry.startsWith("GPU-")) return only(gpus.stream().filter(gpu -> gpu.uuid().startsWith(entry)).toList());
        return Optional.empty();
    }

    private static Optional<Gpu> only(List<Gpu> found) {
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }
}
