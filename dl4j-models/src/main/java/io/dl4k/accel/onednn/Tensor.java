package io.dl4k.accel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A layout over a piece of memory. The memory is found only after all calls are known. */
final class Tensor {
    /** Memory of one or several tensors: at a given address, or anywhere in the plan's arena between its first and its last use. */
    static final class Storage {
        long bytes;
        long address;
        boolean external;
        boolean pinned;
        int first = Integer.MAX_VALUE;
        int last = -1;
        private final List<Tensor> tensors = new ArrayList<>(1);

        /** Moves every tensor of this memory there. */
        void locate(long at) {
            address = at;
            for (int i = 0; i < tensors.size(); i++) tensors.get(i).point(at);
        }

        void usedAt(int call) {
            first = Math.min(first, call);
            last = Math.max(last, call);
        }
    }

    /** A pointer to a given address, which JavaCPP keeps protected. */
    static final class Address extends FloatPointer {
        Address() {
            super((Pointer) null);
        }

        Address at(long value, long floats) {
            address = value;
            position = 0;
            limit = floats;
            capacity = floats;
            return this;
        }
    }

    final dnnl_memory_desc desc;
    final dnnl_memory memory = new dnnl_memory();
    final Storage storage;
    /** Bytes from the start of the storage. */
    private final long offset;
    private final Address address = new Address();
    private FloatBuffer floats;

    Tensor(Dnn dnn, Dnn.Scope scope, dnnl_memory_desc desc, Storage storage, long offset) {
        this.desc = desc;
        this.storage = storage;
        this.offset = offset;
        storage.bytes = Math.max(storage.bytes, offset + bytes());
        storage.tensors.add(this);
        Dnn.check(dnnl_memory_create(memory, desc, dnn.engine, null), "memory");
        scope.onClose(() -> dnnl_memory_destroy(memory));
        // Another tensor of memory that has its place already.
        if (storage.address != 0) point(storage.address);
    }

    long offset() {
        return offset;
    }

    long bytes() {
        return dnnl_memory_desc_get_size(desc);
    }

    /** Cells in memory, padding included. */
    int length() {
        return Math.toIntExact(bytes() / Float.BYTES);
    }

    /** Tells oneDNN where the memory is. */
    private void point(long at) {
        Dnn.check(dnnl_memory_set_data_handle(memory, address.at(at + offset, bytes() / Float.BYTES)), "memory address");
    }

    /** The cells, for Java's loops; only once located, and not for memory that moves. */
    FloatBuffer floats() {
        if (floats == null) floats = address.asBuffer();
        return floats;
    }
}
