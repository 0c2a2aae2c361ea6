package io.dl4k.diagnose;

import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Small batches from a seed. */
final class Batch {

    private Batch() {
    }

    static INDArray normal(long... shape) {
        Random random = new Random(3);
        INDArray array = Nd4j.create(shape, 'c');
        for (long i = 0; i < array.length(); i++) {
            array.data().put(i, (float) random.nextGaussian());
        }
        return array;
    }

    /** Row {@code i} is of class {@code i % classes}. */
    static DataSet classes(int classes, long... shape) {
        INDArray labels = Nd4j.zeros(shape[0], classes);
        for (int i = 0; i < shape[0]; i++) {
            labels.putScalar(i, i % classes, 1);
        }
        return new DataSet(normal(shape), labels);
    }
}
