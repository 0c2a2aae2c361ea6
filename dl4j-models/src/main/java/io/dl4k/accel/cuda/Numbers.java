package io.dl4k.accel.cuda;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** A few numbers that go to the device before each run, from two places on the host in turn, so that the next ones can be written while the last are on their way. */
final class Numbers implements AutoCloseable {
    private static final int SLOTS = 2;

    private final Device device;
    private final long there;
    private final int cells;
    private final FloatPointer[] floats = new FloatPointer[SLOTS];
    private final IntPointer[] ints = new IntPointer[SLOTS];
    private final Device.Mark[] sent = new Device.Mark[SLOTS];
    private int slot;

    /** @param cells of four bytes */
    Numbers(Device device, int cells) {
        this.device = device;
        this.cells = cells;
        there = device.allocate((long) cells * Float.BYTES);
        for (int i = 0; i < SLOTS; i++) {
            long here = device.pin((long) cells * Float.BYTES);
            floats[i] = new Host.Floats().at(here, cells);
            ints[i] = new Host.Ints().at(here, cells);
            sent[i] = device.mark();
        }
    }

    /** Some of the cells on the device. */
    Tensor there(long cell, long length) {
        return Plan.external(there + cell * Float.BYTES, length);
    }

    /** Where the next ones are to be written. */
    FloatPointer floats() {
        device.await(sent[slot]);
        return floats[slot];
    }

    /** The same for whole numbers. */
    IntPointer ints() {
        device.await(sent[slot]);
        return ints[slot];
    }

    /** Sends what was written. */
    void send() {
        device.upload(there, floats[slot].address(), (long) cells * Float.BYTES);
        device.set(Device.Queue.MAIN, sent[slot]);
        slot = (slot + 1) % SLOTS;
    }

    @Override public void close() {
        device.free(there);
        for (int i = 0; i < SLOTS; i++) {
            device.unpin(floats[i].address());
            sent[i].close();
        }
    }
}
