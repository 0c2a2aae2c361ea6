package io.dl4k.accel.cuda;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** The host's memory by address, which JavaCPP keeps protected. */
final class Host {
    private Host() { }

    /** Bytes at a given address. */
    static final class Bytes extends BytePointer {
        Bytes() {
            super((Pointer) null);
        }

        Bytes at(long value) {
            address = value;
            return this;
        }
    }

    /** Floats at a given address. */
    static final class Floats extends FloatPointer {
        Floats() {
            super((Pointer) null);
        }

        FloatPointer at(long value, long cells) {
            address = value;
            limit = cells;
            capacity = cells;
            return this;
        }
    }

    /** Ints at a given address. */
    static final class Ints extends IntPointer {
        Ints() {
            super((Pointer) null);
        }

        IntPointer at(long value, long cells) {
            address = value;
            limit = cells;
            capacity = cells;
            return this;
        }
    }

    /** Doubles at a given address. */
    static final class Doubles extends DoublePointer {
        Doubles() {
            super((Pointer) null);
        }

        DoublePointer at(long value, long cells) {
            address = value;
            limit = cells;
            capacity = cells;
            return this;
        }
    }

    /** Copies between places outside the heap, without making objects. */
    static final class Copier {
        private final Bytes from = new Bytes();
        private final Bytes to = new Bytes();

        void copy(long source, long target, long bytes) {
            Pointer.memcpy(to.at(target), from.at(source), bytes);
        }
    }
}
