package io.dl4k.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ArrayWriterTest {
    private static INDArray row(DataType type, int length) {
        return Numeric.normal(7, type, 1, length);
    }

    static Stream<INDArray> arrays() {
        return Stream.of(
                row(DataType.FLOAT, 1),
                row(DataType.FLOAT, (1 << 14) - 1),
                // More than are copied at once, and as many as twice that.
                row(DataType.FLOAT, (1 << 14) + 1),
                row(DataType.FLOAT, 1 << 15),
                row(DataType.DOUBLE, (1 << 14) + 5),
                Numeric.normal(7, DataType.FLOAT, 3, 5),
                // Parts of others, of which only the part is written.
                row(DataType.FLOAT, 100).get(NDArrayIndex.all(), NDArrayIndex.interval(10, 40)),
                Numeric.normal(7, DataType.DOUBLE, 6, 5).get(NDArrayIndex.interval(2, 4), NDArrayIndex.all()),
                Numeric.normal(7, DataType.FLOAT, 6, 5).get(NDArrayIndex.all(), NDArrayIndex.point(3)),
                Numeric.normal(7, DataType.FLOAT, 6, 5).dup('f'),
                Nd4j.createFromArray(Float.NaN, Float.NEGATIVE_INFINITY, -0f),
                Nd4j.createFromArray(1L, -2L));
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void write_anyArray_givesTheBytesOfNd4j(INDArray array) throws IOException {
        ByteArrayOutputStream stock = new ByteArrayOutputStream();
        Nd4j.write(array, new DataOutputStream(stock));
        ByteArrayOutputStream ours = new ByteArrayOutputStream();
        ArrayWriter.write(array, ours);
        assertArrayEquals(stock.toByteArray(), ours.toByteArray());
    }
}
