package io.dl4k.models;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
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
        ByteBuffer bytes = ByteBuffer.allocate(CHUNK * type.width());
        if (type == DataType.FLOAT) {
            var values = data.asNioFloat();
            float[] some = new float[CHUNK];
            for (long left = data.length(); left > 0; left -= CHUNK) {
                int n = (int) Math.min(CHUNK, left);
                values.get(some, 0, n);
                bytes.asFloatBuffer().put(some, 0, n);
                to.write(bytes.array(), 0, n * type.width());
            }
        } else {
            var values = data.asNioDouble();
            double[] some = new double[CHUNK];
            for (long left = data.length(); left > 0; left -= CHUNK) {
                int n = (int) Math.min(CHUNK, left);
                values.get(some, 0, n);
                bytes.asDoubleBuffer().put(some, 0, n);
                to.write(bytes.array(), 0, n * type.width());
            }
        }
        to.flush();
    }
}
