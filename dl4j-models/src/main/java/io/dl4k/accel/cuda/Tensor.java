package io.dl4k.accel.cuda;

/** Floats (or doubles, or ints) in row-major order, somewhere in device memory; where is known only after all calls are. */
final class Tensor {
    /** Memory of one or several tensors: given, or anywhere in the plan's arena between its first and its last use. */
    static final class Storage {
        final boolean external;
        long bytes;
        long address;
        boolean pinned;
        int first = Integer.MAX_VALUE;
        int last = -1;

        Storage(long bytes) {
            this.bytes = bytes;
            this.external = false;
        }

        Storage(long bytes, long address) {
            this.bytes = bytes;
            this.address = address;
            this.external = true;
        }

        void usedAt(int call) {
            first = Math.min(first, call);
            last = Math.max(last, call);
        }
    }

    final Storage storage;
    private final long offset;
    /** Cells of four bytes. */
    final long length;

    Tensor(Storage storage, long offset, long length) {
        this.storage = storage;
        this.offset = offset;
        this.length = length;
    }

    /** The cells from {@code from} on. */
    Tensor from(long from) {
        return new Tensor(storage, offset + from * Float.BYTES, length - from);
    }

    long address() {
        return storage.address + offset;
    }

    long bytes() {
        return length * Float.BYTES;
    }
}
