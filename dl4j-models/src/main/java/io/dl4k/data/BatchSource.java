package io.dl4k.data;

import org.nd4j.linalg.dataset.DataSet;

/** Placeholder of branch data's interface. */
public interface BatchSource {
    int rows();

    int batchSize();

    int batches();

    Cursor open(int epoch);

    interface Cursor extends AutoCloseable {
        DataSet next();

        @Override
        void close();
    }
}
