package io.dl4k.kaggle.soak;

import io.dl4k.hardware.OffHeap;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/**
 * What the process holds between two runs, when a collection frees nothing more.
 *
 * @param seconds since the start
 * @param runs of the command line that are done
 * @param heap MiB of the heap that is alive
 * @param arrays MiB outside the heap, of ND4J's arrays, accelerated networks' buffers and DL4J's workspaces
 * @param resident MiB of the process in memory
 * @param files open file descriptors; 0 where the system has no list of them
 * @param threads of the JVM
 */
record Sample(double seconds, int runs, double heap, double arrays, double resident, int files, int threads) {
    static final String HEADER = "seconds,runs,heap_mib,arrays_mib,resident_mib,files,threads";
    private static final double MEBIBYTE = 1 << 20;
    /** For the threads that free arrays whose objects were collected. */
    private static final long SETTLE_MILLIS = 50;
    /** A collection that frees less than this many MiB freed nothing. */
    private static final double NOTHING = 0.05;
    /** So many collections in a row must free nothing, of so many at the most. */
    private static final int QUIET = 3;
    private static final int MOST_COLLECTIONS = 200;

    static Sample now(double seconds, int runs) throws IOException, InterruptedException {
        double heap = settledHeap();
        return new Sample(seconds, runs, heap, OffHeap.used() / MEBIBYTE, Pointer.physicalBytes() / MEBIBYTE, openFiles(), ManagementFactory.getThreadMXBean().getThreadCount());
    }

    /**
     * What is alive. One collection does not tell: it hands the arrays that nobody uses to ND4J's threads, which free them one by one, late where the machine has
     * other work; only then can the collector take the some 300 bytes that each of the ten thousands of arrays of a run had in the heap.
     */
    private static double settledHeap() throws InterruptedException {
        double used = collected();
        for (int i = 0, quiet = 0; i < MOST_COLLECTIONS && quiet < QUIET; i++) {
            Thread.sleep(SETTLE_MILLIS);
            double now = collected();
            quiet = used - now < NOTHING ? quiet + 1 : 0;
            used = now;
        }
        return used;
    }

    private static double collected() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / MEBIBYTE;
    }

    private static int openFiles() throws IOException {
        Path list = Path.of("/proc/self/fd");
        if (!Files.isDirectory(list)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(list)) {
            return (int) open.count();
        }
    }

    String csv() {
        return String.format(Locale.ROOT, "%.1f,%d,%.2f,%.3f,%.1f,%d,%d", seconds, runs, heap, arrays, resident, files, threads);
    }
}
