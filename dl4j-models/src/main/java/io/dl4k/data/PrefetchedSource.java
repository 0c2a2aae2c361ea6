package io.dl4k.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Prepares batches ahead. Sources of this package lend their buffers; a foreign source's batches are copied, as its next step may overwrite them. */
final class PrefetchedSource implements BatchSource {
    private final BatchSource source;
    private final int depth;
    private final int threads;

    PrefetchedSource(BatchSource source, int depth, int threads) {
        if (depth < 1) throw new IllegalArgumentException("depth must be at least 1, got " + depth);
        if (threads < 1) throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        this.source = source;
        this.depth = depth;
        this.threads = threads;
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
    public long bytes() {
        return source.bytes();
    }

    @Override
    public Cursor open(int epoch) {
        Walk walk = source instanceof ArraySource arrays ? new Lending(arrays, epoch) : new Copying(source.open(epoch));
        Prefetching cursor = new Prefetching(walk, walk.parallel() ? Math.min(threads, depth) : 1);
        cursor.start();
        return cursor;
    }

    /** A batch ready to be used, and what to give back afterwards (null: nothing). */
    private record Ready(DataSet batch, BatchBuffers lent) { }

    /** Where the preparing threads get batches from. */
    private interface Walk {
        /** Whether several batches can be prepared at once, in any order. */
        boolean parallel();

        /** The batch of that number, from 0; null after the last. */
        Ready prepare(int batch);

        /** On the consumer's thread. */
        void giveBack(Ready used);

        /** On a preparing thread, as the last act of all of them. */
        void end();
    }

    private static final class Lending implements Walk {
        private final ArraySource source;
        private final int epoch;
        private final int[] order;

        Lending(ArraySource source, int epoch) {
            this.source = source;
            this.epoch = epoch;
            this.order = source.order(epoch);
        }

        @Override
        public boolean parallel() {
            return true;
        }

        @Override
        public Ready prepare(int batch) {
            if (batch == source.batches()) return null;
            BatchBuffers buffers = source.prepare(epoch, order, batch);
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
        public boolean parallel() {
            return false;
        }

        @Override
        public Ready prepare(int number) {
            DataSet batch = cursor.next();
            if (batch == null) return null;
            return new Ready(new DataSet(copy(batch.getFeatures()), copy(batch.getLabels()), copy(batch.getFeaturesMaskArray()), copy(batch.getLabelsMaskArray())), null);
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

    /**
     * Batches by number between the preparing threads and the consumer, who takes them in order. No interrupts: they would break class loading and files that
     * a preparing thread may be in.
     */
    private final class Prefetching implements Cursor {
        private final Walk walk;
        private final List<Thread> threads;
        private final Map<Integer, Ready> ready = new HashMap<>();
        private Ready current;
        /** The number to be given next, and to be prepared next. */
        private int given;
        private int begun;
        /** Number of batches that will be given, once a thread has found the end or failed there. */
        private int end = Integer.MAX_VALUE;
        private Throwable failure;
        private int running;
        private boolean closed;

        Prefetching(Walk walk, int threads) {
            this.walk = walk;
            this.running = threads;
            this.threads = IntStream.range(0, threads).mapToObj(i -> new Thread(this::prepare, "dl4k-batches-" + i)).toList();
        }

        void start() {
            threads.forEach(thread -> thread.setDaemon(true));
            threads.forEach(Thread::start);
        }

        private void prepare() {
            int number = 0;
            try {
                for (number = begin(); number >= 0; number = begin()) {
                    Ready next = walk.prepare(number);
                    if (next == null) {
                        end(number, null);
                        break;
                    }
                    put(number, next);
                }
            } catch (Throwable t) {   // whatever it is, it belongs to the consumer
                end(number, t);
            }
            finish();
        }

        /** The number of the batch to prepare; negative: nobody wants more. */
        private synchronized int begin() throws InterruptedException {
            while (!closed && begun < end && begun >= given + depth) wait();
            return closed || begun >= end ? -1 : begun++;
        }

        private synchronized void put(int number, Ready next) {
            ready.put(number, next);
            notifyAll();
        }

        /** No batch from that number on: it is the end, or could not be prepared. The first of several counts. */
        private synchronized void end(int number, Throwable thrown) {
            if (number < end) {
                end = number;
                failure = thrown;
            }
            notifyAll();
        }

        private synchronized void finish() {
            if (--running == 0) {
                try {
                    walk.end();
                } catch (Throwable t) {
                    if (failure == null) failure = t;
                }
            }
            notifyAll();
        }

        @Override
        public synchronized DataSet next() {
            if (closed) throw new IllegalStateException("the cursor is closed");
            release();
            awaitBatch();
            if (ready.containsKey(given)) {
                current = ready.remove(given++);
                notifyAll();
                return current.batch();
            }
            if (failure instanceof Error error) throw error;
            if (failure instanceof RuntimeException exception) throw exception;
            if (failure != null) throw new IllegalStateException("preparing a batch failed", failure);
            return null;
        }

        /** Until the batch is there, or no thread will bring it. */
        private void awaitBatch() {
            boolean interrupted = false;
            while (!ready.containsKey(given) && running > 0) {
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
            for (Thread thread : threads) {
                while (thread.isAlive()) {
                    try {
                        thread.join();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
            synchronized (this) {
                release();
                ready.values().forEach(walk::giveBack);
                ready.clear();
            }
        }
    }
}
