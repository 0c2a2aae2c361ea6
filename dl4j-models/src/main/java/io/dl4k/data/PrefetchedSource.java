package io.dl4k.data;

import java.util.ArrayDeque;
import java.util.Deque;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Prepares batches ahead. Sources of this package lend their buffers; a foreign source's batches are copied, as its next step may overwrite them. */
final class PrefetchedSource implements BatchSource {
    private final BatchSource source;
    private final int depth;

    PrefetchedSource(BatchSource source, int depth) {
        if (depth < 1) throw new IllegalArgumentException("depth must be at least 1, got " + depth);
        this.source = source;
        this.depth = depth;
    }

    @Override
    public int rows() {
        return source.rows();
    }

    @Override
    public int batchSize() {
        return source.batchSize();
    }

    @Override
    public int batches() {
        return source.batches();
    }

    @Override
    public Cursor open(int epoch) {
        Walk walk = source instanceof ArraySource arrays ? new Lending(arrays, epoch) : new Copying(source.open(epoch));
        Prefetching cursor = new Prefetching(walk);
        cursor.start();
        return cursor;
    }

    /** A batch ready to be used, and what to give back afterwards (null: nothing). */
    private record Ready(DataSet batch, BatchBuffers lent) { }

    /** Where the preparing thread gets batches from. */
    private interface Walk {
        /** Null after the last. */
        Ready next();

        /** On the consumer's thread. */
        void giveBack(Ready used);

        /** On the preparing thread, as its last act. */
        void end();
    }

    private static final class Lending implements Walk {
        private final ArraySource source;
        private final int epoch;
        private final int[] order;
        private int batch;

        Lending(ArraySource source, int epoch) {
            this.source = source;
            this.epoch = epoch;
            this.order = source.order(epoch);
        }

        @Override
        public Ready next() {
            if (batch == source.batches()) return null;
            BatchBuffers buffers = source.prepare(epoch, order, batch++);
            return new Ready(buffers.dataSet(), buffers);
        }

        @Override
        public void giveBack(Ready used) {
            source.give(used.lent());
        }

        @Override
        public void end() { }
    }

    private record Copying(Cursor cursor) implements Walk {
        @Override
        public Ready next() {
            DataSet batch = cursor.next();
            return batch == null ? null : new Ready(new DataSet(copy(batch.getFeatures()), copy(batch.getLabels()), copy(batch.getFeaturesMaskArray()), copy(batch.getLabelsMaskArray())), null);
        }

        private static INDArray copy(INDArray array) {
            return array == null ? null : array.dup();
        }

        @Override
        public void giveBack(Ready used) { }

        @Override
        public void end() {
            cursor.close();
        }
    }

    /** The queue between the two threads. No interrupts: they would break class loading and files that the preparing thread may be in. */
    private final class Prefetching implements Cursor {
        private final Walk walk;
        private final Thread thread = new Thread(this::prepare, "dl4k-batches");
        private final Deque<Ready> ready = new ArrayDeque<>();
        private Ready current;
        private Throwable failure;
        private boolean ended;
        private boolean closed;

        Prefetching(Walk walk) {
            this.walk = walk;
        }

        void start() {
            thread.setDaemon(true);
            thread.start();
        }

        private void prepare() {
            Throwable thrown = null;
            try {
                while (awaitRoom()) {
                    Ready next = walk.next();
                    if (next == null) break;
                    put(next);
                }
            } catch (Throwable t) {   // whatever it is, it belongs to the consumer
                thrown = t;
            }
            try {
                walk.end();
            } catch (Throwable t) {
                if (thrown == null) thrown = t;
            }
            end(thrown);
        }

        /** False: nobody wants more. */
        private synchronized boolean awaitRoom() throws InterruptedException {
            while (!closed && ready.size() >= depth) wait();
            return !closed;
        }

        private synchronized void put(Ready next) {
            ready.add(next);
            notifyAll();
        }

        private synchronized void end(Throwable thrown) {
            failure = thrown;
            ended = true;
            notifyAll();
        }

        @Override
        public synchronized DataSet next() {
            if (closed) throw new IllegalStateException("the cursor is closed");
            release();
            awaitBatch();
            current = ready.poll();
            if (current != null) {
                notifyAll();
                return current.batch();
            }
            if (failure instanceof Error error) throw error;
            if (failure instanceof RuntimeException exception) throw exception;
            if (failure != null) throw new IllegalStateException("preparing a batch failed", failure);
            return null;
        }

        private void awaitBatch() {
            boolean interrupted = false;
            while (ready.isEmpty() && !ended) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;   // the batch comes soon; whoever interrupted finds the flag after it
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
        }

        private void release() {
            if (current != null) walk.giveBack(current);
            current = null;
        }

        @Override
        public void close() {
            synchronized (this) {
                closed = true;
                notifyAll();
            }
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
            synchronized (this) {
                release();
                ready.forEach(walk::giveBack);
                ready.clear();
            }
        }
    }
}
