package io.dl4k.models;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Writes the bytes that {@code Nd4j.write} writes, many values at once: value by value, a network of millions of weights takes seconds. */
final class ArrayWriter {
    /** Values that are copied at once. */
    private static final int CHUNK = 1 << 14;

    private ArrayWriter() {
    }

    /** @throws IOException if the stream cannot be written */
    static void write(INDArray array, OutputStream out) throws IOException {
        DataOutputStream to = new DataOutputStream(out);
        DataType type = array.dataType();
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            Nd4j.write(array, to);
            return;
        }
        INDArray whole = array.isView() ? array.dup() : array;
        whole.shapeInfoDataBuffer().write(to);
        DataBuffer data = whole.data();
        to.writeUTF(data.allocationMode().name());
        to.writeLong(data.length());
        to.writeUTF(type.name());
        Copy copy = copyOf(data);
        ByteBuffer bytes = ByteBuffer.allocate(CHUNK * type.width());
        for (int at = 0; at < data.length(); at += CHUNK) {
            int n = (int) Math.min(CHUNK, data.length() - at);
            copy.to(bytes, at, n);
            to.write(bytes.array(), 0, n * type.width());
        }
        to.flush();
    }

    /** Copies values of a buffer to the start of bytes, big-endian. */
    @FunctionalInterface
    private interface Copy {
        void to(ByteBuffer bytes, int from, int count);
    }

    private static Copy copyOf(DataBuffer data) {
        if (data.dataType() == DataType.FLOAT) {
            FloatBuffer values = data.asNioFloat().slice();
            return (bytes, from, count) -> bytes.asFloatBuffer().put(values.slice(from, count));
        }
        DoubleBuffer values = data.asNioDouble().slice();
        return (bytes, from, count) -> bytes.asDoubleBuffer().put(values.slice(from, count));
    }
}
