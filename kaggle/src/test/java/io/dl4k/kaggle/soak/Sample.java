package io.dl4k.kaggle.soak;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/**
 * What the process holds between two runs, after a collection.
 *
 * @param seconds since the start
 * @param runs of the command line that are done
 * @param heap MiB of the heap in use
 * @param arrays MiB that JavaCPP allocated and has not freed
 * @param resident MiB of the process in memory
 * @param files open file descriptors; 0 where the system has no list of them
 * @param threads of the JVM
 */
record Sample(double seconds, int runs, double heap, double arrays, double resident, int files, int threads) {
    static final String HEADER = "seconds,runs,heap_mib,arrays_mib,resident_mib,files,threads";
    private static final double MEBIBYTE = 1 << 20;
    /** For the thread that frees arrays whose objects were collected. */
    private static final long SETTLE_MILLIS = 50;

    static Sample now(double seconds, int runs) throws IOException, InterruptedException {
        // The first collection finds what the second one frees: arrays are freed by references that the collector hands over.
        for (int i = 0; i < 2; i++) {
            System.gc();
            Thread.sleep(SETTLE_MILLIS);
        }
        Runtime runtime = Runtime.getRuntime();
        return new Sample(seconds, runs, (runtime.totalMemory() - runtime.freeMemory()) / MEBIBYTE, Pointer.totalBytes() / MEBIBYTE, Pointer.physicalBytes() / MEBIBYTE,
                openFiles(), ManagementFactory.getThreadMXBean().getThreadCount());
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
