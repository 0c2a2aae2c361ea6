package io.dl4k.accel.cuda;

import org.bytedeco.javacpp.DoublePointer;

/** A few numbers that come back from the device after each run. Two runs' may be under way; who asks for a third waits for the first, whose numbers are kept. */
final class Readback implements AutoCloseable {
    private static final int SLOTS = 2;

    private final Device device;
    private final long there;
    private final int cells;
    private final Slot[] slots = new Slot[SLOTS];
    private int next;

    /** @param there doubles on the device  @param cells how many */
    Readback(Device device, long there, int cells) {
        this.device = device;
        this.there = there;
        this.cells = cells;
        for (int i = 0; i < SLOTS; i++) slots[i] = new Slot();
    }

    /** Where one run's numbers arrive. */
    private final class Slot {
        final long here = device.pin((long) cells * Double.BYTES);
        final DoublePointer values = new Host.Doubles().at(here, cells);
        final Device.Mark arrived = device.mark();
        Reading reading;
    }

    /** One run's numbers. */
    final class Reading {
        private final Slot slot;
        private double[] known;

        private Reading(Slot slot) {
            this.slot = slot;
        }

        /** Waits if they are not there yet. */
        double get(int cell) {
            take();
            return known[cell];
        }

        private void take() {
            if (known != null) return;
            device.await(slot.arrived);
            double[] values = new double[cells];
            slot.values.get(values);
            known = values;
        }
    }

    /** Asks for them as they are when the device has done what it was asked for before. */
    Reading fetch() {
        Slot slot = slots[next];
        next = (next + 1) % SLOTS;
        if (slot.reading != null) slot.reading.take();
        device.download(slot.here, there, (long) cells * Double.BYTES);
        device.set(Device.Queue.MAIN, slot.arrived);
        return slot.reading = new Reading(slot);
    }

    @Override public void close() {
        for (Slot slot : slots) {
            device.unpin(slot.here);
            slot.arrived.close();
        }
    }
}
