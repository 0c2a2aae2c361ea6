package io.dl4k.data;

import org.nd4j.linalg.dataset.DataSet;

/**
 * Rows in batches, to be walked many times, each epoch in its own order. The same source gives, for the same epoch, the same batches byte for byte,
 * on any number of threads. Rows are shuffled only if the source was made with a seed for it; the last batch may be shorter.
 */
public interface BatchSource {
    /** Rows of an epoch, at least 1. */
    int rows();

    /** Rows of every batch but the last. */
    int batchSize();

    /** Batches of an epoch. */
    default int batches() {
        return (rows() - 1) / batchSize() + 1;
    }

    /** Bytes of the heap that its rows take, as they were given to it, as far as it knows; what it looks up elsewhere, such as pixels in a table, is not counted. */
    default long bytes() {
        return 0;
    }

    /**
     * Starts a walk. Any number of walks may be under way at once, each on its own thread.
     *
     * @param epoch from 0; decides order and augmentation
     * @throws IllegalArgumentException if {@code epoch} is negative
     */
    Cursor open(int epoch);

    /** One walk over the rows. Not thread-safe. */
    interface Cursor extends AutoCloseable {
        /**
         * The next batch, null after the last.
         *
         * <p>The batch and its arrays belong to the cursor: they are valid until the next call of {@code next} or {@code close}, after which their memory holds
         * another batch. Who wants to keep one copies it.
         *
         * @throws IllegalStateException if the cursor is closed
         */
        DataSet next();

        /** Ends the walk, also half-way. May be called again. */
        @Override
        void close();
    }
}
