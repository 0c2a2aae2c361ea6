package io.dl4k.accel.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Threads that run the lanes of a call side by side, the caller's own among them. What lanes compute is independent, so nothing depends
 *  on who is first. A lane's primitives run on one thread: OpenMP has no part in them. */
final class Team implements AutoCloseable {
    /** Looks for news before a thread sleeps: about 20 us, less than waking it would take. */
    private static final int LOOKS = 2_000;

    private final List<Worker> workers = new ArrayList<>();
    private final IntConsumer openMpThreads;

    /** @param openMpThreads sets OpenMP's number of threads for the calling thread */
    Team(IntConsumer openMpThreads) {
        this.openMpThreads = openMpThreads;
    }

    /** OpenMP's threads for the calling thread. */
    void openMpThreads(int n) {
        openMpThreads.accept(n);
    }

    private static final class Worker implements Runnable {
        private final IntConsumer openMpThreads;
        private final Thread thread = new Thread(this, "dl4k-lane");
        private volatile Runnable task;
        private volatile Throwable failure;
        private volatile boolean closed;
        private AtomicInteger running;
        private Thread caller;

        Worker(IntConsumer openMpThreads) {
            this.openMpThreads = openMpThreads;
            thread.setDaemon(true);
            thread.start();
        }

        void start(Runnable next, AtomicInteger count) {
            failure = null;
            running = count;
            caller = Thread.currentThread();
            task = next;
            LockSupport.unpark(thread);
        }

        @Override public void run() {
            openMpThreads.accept(1);
            int looks = 0;
            while (!closed) {
                Runnable now = task;
                if (now == null) {
                    if (++looks < LOOKS) Thread.onSpinWait();
                    else LockSupport.park(this);
                    continue;
                }
                looks = 0;
                try {
                    now.run();
                } catch (Throwable e) {
                    failure = e;
                }
                task = null;
                if (running.decrementAndGet() == 0) LockSupport.unpark(caller);
            }
        }
    }

    /** Runs something without OpenMP's other threads, and gives this thread {@code usual} of them back. */
    void alone(Runnable task, int usual) {
        if (usual == 1) {
            task.run();
            return;
        }
        openMpThreads.accept(1);
        try {
            task.run();
        } finally {
            openMpThreads.accept(usual);
        }
    }

    /** Runs all of them, the first on this thread, and waits for the last. */
    void run(Runnable[] lanes, int usual) {
        if (lanes.length == 1) alone(lanes[0], usual);
        else alone(() -> sideBySide(lanes), usual);
    }

    private void sideBySide(Runnable[] lanes) {
        while (workers.size() < lanes.length - 1) workers.add(new Worker(openMpThreads));
        AtomicInteger running = new AtomicInteger(lanes.length - 1);
        for (int i = 1; i < lanes.length; i++) workers.get(i - 1).start(lanes[i], running);
        Throwable failure = null;
        try {
            lanes[0].run();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        for (int looks = 0; running.get() > 0; ) {
            if (++looks < LOOKS) Thread.onSpinWait();
            else LockSupport.park(this);
        }
        for (int i = 1; i < lanes.length && failure == null; i++) failure = workers.get(i - 1).failure;
        if (failure != null) throw new IllegalStateException("a lane failed", failure);
    }

    @Override public void close() {
        for (Worker w : workers) {
            w.closed = true;
            LockSupport.unpark(w.thread);
        }
        workers.clear();
    }
}
