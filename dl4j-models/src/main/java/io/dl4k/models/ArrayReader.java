package io.dl4k.models;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Reads the vectors of a model, as {@code Nd4j.write} writes them. ND4J's own reader takes the memory that the header asks for,
 * and believes its strides, with which native code then walks; here the length is judged first, and shape and strides are ours.
 *
 * <p>A header of two buffers' names, lengths and types, of which the first holds rank, shape, strides and three more; then the
 * values, big-endian.
 */
final class ArrayReader {

    /** Floats that are copied at once. */
    private static final int CHUNK = 1 << 14;

    private final DataInputStream in;
    private final DataType type;
    private final long length;

    private ArrayReader(DataInputStream in, DataType type, long length) {
        this.in = in;
        this.type = type;
        this.length = length;
    }

    /** @throws IOException if this is no header of a vector of floats or doubles whose numbers fit each other */
    static ArrayReader open(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        try {
            in.readUTF();
            long shapeLength = in.readLong();
            String shapeType = in.readUTF();
            long rank = in.readLong();
            if (!shapeType.equals("LONG") || rank < 1 || rank > 2 || shapeLength != 2 * rank + 4) {
                throw new IOException("it is no vector");
            }
            long values = 1;
            long longest = 1;
            for (int axis = 0; axis < rank; axis++) {
                long size = in.readLong();
                values = Math.multiplyExact(values, size);
                longest = Math.max(longest, size);
            }
            in.skipNBytes(Long.BYTES * (shapeLength - 1 - rank));
            in.readUTF();
            long length = in.readLong();
            DataType type = DataType.valueOf(in.readUTF());
            if (type != DataType.FLOAT && type != DataType.DOUBLE || values != length || length < 1 || longest != length) {
                throw new IOException("its sizes do not fit each other");
            }
            return new ArrayReader(in, type, length);
        } catch (EOFException | java.io.UTFDataFormatException | RuntimeException e) {
            throw new IOException("it cannot be read", e);
        }
    }

    DataType type() {
        return type;
    }

    /** Values. */
    long length() {
        return length;
    }

    /** In memory. */
    long bytes() {
        return length * type.width();
    }

    /**
     * The values, once.
     *
     * @return {@code [1, length]}
     * @throws IOException if there are fewer or more of them, or no memory
     */
    INDArray read() throws IOException {
        INDArray vector;
        try {
            vector = Nd4j.createUninitialized(type, length);
        } catch (OutOfMemoryError e) {
            throw new IOException("it needs " + (bytes() >> 20) + " MiB outside Java's heap, more than there is", e);
        }
        byte[] bytes = new byte[CHUNK * type.width()];
        for (long done = 0; done < length; done += CHUNK) {
            int n = (int) Math.min(CHUNK, length - done);
            if (in.readNBytes(bytes, 0, n * type.width()) < n * type.width()) {
                throw new IOException("its sizes do not fit each other");
            }
            vector.get(NDArrayIndex.interval(done, done + n)).assign(values(ByteBuffer.wrap(bytes), n));
        }
        if (in.read() >= 0) {
            throw new IOException("its sizes do not fit each other");
        }
        return vector.reshape(1, length);
    }

    private INDArray values(ByteBuffer bytes, int n) {
        if (type == DataType.FLOAT) {
            float[] values = new float[n];
            bytes.asFloatBuffer().get(values);
            return Nd4j.createFromArray(values);
        }
        double[] values = new double[n];
        bytes.asDoubleBuffer().get(values);
        return Nd4j.createFromArray(values);
    }
}
