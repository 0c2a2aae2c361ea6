package io.dl4k.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import org.nd4j.linalg.dataset.DataSet;

/** A source over arrays in memory: its kinds say how one row is written. Keeps the buffers of finished walks for the next. */
abstract class ArraySource implements BatchSource {
    private final int[] rows;
    private final int batchSize;
    private final OptionalLong seed;
    private final Labels labels;
    private final Deque<BatchBuffers> spare = new ArrayDeque<>();

    /** @param available rows that the features have */
    ArraySource(int available, Labels labels, int[] rows, int batchSize, OptionalLong seed) {
        if (batchSize < 1) throw new IllegalArgumentException("batchSize must be at least 1, got " + batchSize);
        if (rows.length == 0) throw new IllegalArgumentException("rows must not be empty");
        if (!labels.isNone() && labels.rows() != available) throw new IllegalArgumentException("there are features of " + available + " rows and targets of " + labels.rows());
        for (int row : rows) if (row < 0 || row >= available) throw new IllegalArgumentException("row " + row + " is outside the " + available + " rows there are");
        this.rows = rows.clone();
        this.batchSize = batchSize;
        this.seed = seed;
        this.labels = labels;
    }

    /** @param steps as {@link #steps} says */
    abstract long[] featuresShape(int count, int steps);

    /** Null: no masks. */
    long[] maskShape(int count, int steps) {
        return null;
    }

    /** Steps of the batch of the rows {@code order[from]} to {@code order[to - 1]}; 1 where the kind has none or always the same. */
    int steps(int[] order, int from, int to) {
        return 1;
    }

    /** Moves rows of a shuffled order, where the kind wants like ones in a batch. */
    void arrange(int[] order, CounterRandom random) { }

    /**
     * Writes one row's features, every float of them, and its mask. Called from several threads at once.
     *
     * @param at the row's place in the batch
     */
    abstract void write(int epoch, int row, BatchBuffers to, int at);

    @Override
    public final int rows() {
        return rows.length;
    }

    @Override
    public final int batchSize() {
        return batchSize;
    }

    /** The rows in the order of this epoch: of Fisher and Yates, from the seed and the epoch. */
    final int[] order(int epoch) {
        if (epoch < 0) throw new IllegalArgumentException("epoch must not be negative, got " + epoch);
        if (seed.isEmpty()) return rows;
        int[] order = rows.clone();
        CounterRandom random = new CounterRandom(seed.getAsLong(), epoch, -1);   // rows' own numbers start from 0
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int row = order[i];
            order[i] = order[j];
            order[j] = row;
        }
        arrange(order, random);
        return order;
    }

    /** The batch, in buffers that go back by {@link #give}. */
    final BatchBuffers prepare(int epoch, int[] order, int batch) {
        int from = batch * batchSize;
        int to = Math.min(order.length, from + batchSize);
        BatchBuffers buffers = take(to - from, steps(order, from, to));
        for (int i = 0; i < buffers.count; i++) {
            write(epoch, order[from + i], buffers, i);
            if (buffers.labels != null) labels.write(order[from + i], buffers.labels, i * labels.width() * labels.time());
        }
        buffers.publish();
        return buffers;
    }

    private BatchBuffers take(int count, int steps) {
        synchronized (spare) {
            for (var each = spare.iterator(); each.hasNext(); ) {
                BatchBuffers buffers = each.next();
                if (buffers.count == count && buffers.steps == steps) {
                    each.remove();
                    return buffers;
                }
            }
        }
        boolean everyStep = labels.time() > 1;
        long[] labelsShape = labels.isNone() ? null : everyStep ? new long[] {count, labels.width(), labels.time()} : new long[] {count, labels.width()};
        long[] maskShape = maskShape(count, steps);
        return new BatchBuffers(count, steps, featuresShape(count, steps), maskShape, labelsShape, everyStep && maskShape != null);
    }

    final void give(BatchBuffers buffers) {
        synchronized (spare) {
            spare.addFirst(buffers);
        }
    }

    @Override
    public final Cursor open(int epoch) {
        int[] order = order(epoch);
        return new Cursor() {
            private BatchBuffers current;
            private int batch;
            private boolean closed;

            @Override
            public DataSet next() {
                if (closed) throw new IllegalStateException("the cursor is closed");
                release();
                if (batch == batches()) return null;
                current = prepare(epoch, order, batch++);
                return current.dataSet();
            }

            private void release() {
                if (current != null) give(current);
                current = null;
            }

            @Override
            public void close() {
                closed = true;
                release();
            }
        };
    }
}
