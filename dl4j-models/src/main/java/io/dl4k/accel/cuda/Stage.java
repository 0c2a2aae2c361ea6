package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Op;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** What goes to the device before each run, in one copy: random keys, features, labels, masks. And the output, back. The host has two places for each, in turn, and so has the
 *  device, where the next run's arrives beside the last one's work; a recorded run reads it at one place, to which it is copied on the device. */
final class Stage implements AutoCloseable {
    /** Runs whose numbers may be on their way. */
    static final int SLOTS = 2;
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
    private final long bytes;
    private final long there;
    private final long results;
    private final long resultCells;
    private final Slot[] slots = new Slot[SLOTS];
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
        long apart = (cells + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        bytes = ((SLOTS + 1) * apart + resultCells) * Float.BYTES;
        there = device.allocate(bytes);
        results = there + (SLOTS + 1) * apart * Float.BYTES;
        for (int i = 0; i < SLOTS; i++) slots[i] = new Slot(there + (i + 1) * apart * Float.BYTES);
    }

    /** One run's numbers on their way. */
    private final class Slot {
        final long here = device.pin(cells * Float.BYTES);
        final long landing;
        final long resultsHere = resultCells == 0 ? 0 : device.pin(resultCells * Float.BYTES);
        final IntPointer numbers = new Host.Ints().at(here, features);
        final FloatPointer masks = new Host.Floats().at(here, cells);
        final Device.Mark landed = device.mark();
        final Device.Mark taken = device.mark();
        final Device.Mark answered = device.mark();

        Slot(long landing) {
            this.landing = landing;
        }
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

    void send(int at, Kernels.Feed feed) {
        Slot slot = slots[at];
        device.await(slot.landed);
        for (Map.Entry<Integer, Integer> e : keys.entrySet()) Keys.put(slot.numbers, e.getValue(), e.getKey(), feed.step());
        copier.copy(feed.features(), slot.here + features * Float.BYTES, program.buffers().get(0).length() * Float.BYTES);
        if (program.training()) copier.copy(feed.labels(), slot.here + labels * Float.BYTES, program.buffers().get(program.output()).length() * Float.BYTES);
        if (program.masked()) slot.masks.position(featureMask).put(feed.featureMask());
        int kind = UNMASKED;
        if (program.labelMasked()) {
            kind = steps > 1 || feed.labelMask().length == batch ? BY_ROW : BY_CELL;
            slot.masks.position(labelMask).put(feed.labelMask());
        }
        slot.masks.position(0);
        slot.numbers.put(0, kind);
        device.follow(Device.Queue.ASIDE, slot.taken);
        device.uploadAside(slot.landing, slot.here, cells * Float.BYTES);
        device.set(Device.Queue.ASIDE, slot.landed);
        device.follow(Device.Queue.MAIN, slot.landed);
        device.copy(there, slot.landing, cells * Float.BYTES);
        device.set(Device.Queue.MAIN, slot.taken);
    }

    /** Asks for the output of the run that was started last. */
    void fetch(int at) {
        device.download(slots[at].resultsHere, results, resultCells * Float.BYTES);
        device.set(Device.Queue.MAIN, slots[at].answered);
    }

    /** Waits for the output. */
    void take(int at, long to) {
        device.await(slots[at].answered);
        copier.copy(slots[at].resultsHere, to, resultCells * Float.BYTES);
    }

    long bytes() {
        return bytes;
    }

    @Override public void close() {
        // What is on its way needs its place.
        device.synchronize();
        device.free(there);
        for (Slot slot : slots) {
            device.unpin(slot.here);
            if (resultCells > 0) device.unpin(slot.resultsHere);
            for (Device.Mark mark : new Device.Mark[] {slot.landed, slot.taken, slot.answered}) mark.close();
        }
    }
}
