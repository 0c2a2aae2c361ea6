package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Op;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** What goes to the device before each run, in one copy: random keys, features, labels, masks. And the output, back. */
final class Stage implements AutoCloseable {
    private static final long ALIGNMENT = 64;
    /** As {@code kernels.cu} numbers them. */
    private static final int UNMASKED = 0;
    private static final int BY_ROW = 1;
    private static final int BY_CELL = 2;

    private final Device device;
    private final Program program;
    private final int batch;
    private final int steps;
    private final long features;
    private final long labels;
    private final long featureMask;
    private final long labelMask;
    private final long cells;
    private final long here;
    private final long there;
    private final long results;
    private final long resultsHere;
    private final long resultCells;
    private final IntPointer numbers;
    private final FloatPointer masks;
    private final Host.Copier copier = new Host.Copier();
    /** Cells of the numbers by dropout. */
    private final Map<Integer, Integer> keys = new HashMap<>();

    Stage(Device device, Program program) {
        this.device = device;
        this.program = program;
        Shape in = program.buffers().get(0);
        Shape out = program.buffers().get(program.output());
        batch = program.batch();
        steps = out.kind() == Shape.Kind.SEQUENCE ? (int) out.a() : 1;
        for (Op op : program.forward()) if (op instanceof Op.Dropout d) keys.put(d.index(), 2 + 2 * keys.size());
        features = round(2 + 2L * keys.size());
        labels = features + round(in.length());
        featureMask = labels + (program.training() ? round(out.length()) : 0);
        labelMask = featureMask + (program.masked() ? round(in.a() * in.b()) : 0);
        cells = labelMask + (program.labelMasked() ? round(out.length()) : 0);
        resultCells = program.training() ? 0 : out.length();
        // One piece, so that it is there whole or not at all.
        there = device.allocate((cells + resultCells) * Float.BYTES);
        results = there + cells * Float.BYTES;
        here = device.pin(cells * Float.BYTES);
        resultsHere = resultCells == 0 ? 0 : device.pin(resultCells * Float.BYTES);
        numbers = new Host.Ints().at(here, features);
        masks = new Host.Floats().at(here, cells);
    }

    private static long round(long n) {
        return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private Tensor at(long cell, long length) {
        return Plan.external(there + cell * Float.BYTES, length);
    }

    Tensor features() {
        return at(features, program.buffers().get(0).length());
    }

    Tensor labels() {
        return at(labels, program.buffers().get(program.output()).length());
    }

    /** [batch, steps], or null. */
    Tensor featureMask() {
        return program.masked() ? at(featureMask, labelMask - featureMask) : null;
    }

    /** Or null. */
    Tensor labelMask() {
        return program.labelMasked() ? at(labelMask, cells - labelMask) : null;
    }

    Tensor labelMaskKind() {
        return at(0, 1);
    }

    Tensor key(int dropout) {
        return at(keys.get(dropout), 2);
    }

    /** In the caller's order. */
    Tensor result() {
        return Plan.external(results, resultCells);
    }

    void send(Kernels.Feed feed) {
        for (Map.Entry<Integer, Integer> e : keys.entrySet()) Keys.put(numbers, e.getValue(), e.getKey(), feed.step());
        copier.copy(feed.features(), here + features * Float.BYTES, program.buffers().get(0).length() * Float.BYTES);
        if (program.training()) copier.copy(feed.labels(), here + labels * Float.BYTES, program.buffers().get(program.output()).length() * Float.BYTES);
        if (program.masked()) masks.position(featureMask).put(feed.featureMask());
        int kind = UNMASKED;
        if (program.labelMasked()) {
            kind = steps > 1 || feed.labelMask().length == batch ? BY_ROW : BY_CELL;
            masks.position(labelMask).put(feed.labelMask());
        }
        masks.position(0);
        numbers.put(0, kind);
        device.upload(there, here, cells * Float.BYTES);
    }

    /** Asks for the output; {@link #take} after the device was waited for. */
    void fetch() {
        device.download(resultsHere, results, resultCells * Float.BYTES);
    }

    void take(long to) {
        copier.copy(resultsHere, to, resultCells * Float.BYTES);
    }

    long bytes() {
        return (cells + resultCells) * Float.BYTES;
    }

    @Override public void close() {
        device.unpin(here);
        device.free(there);
        if (resultCells > 0) device.unpin(resultsHere);
    }
}
