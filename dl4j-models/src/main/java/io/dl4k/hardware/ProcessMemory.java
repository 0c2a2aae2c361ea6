package io.dl4k.hardware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Pointer;

/**
 * What this process holds in memory. Bytes.
 *
 * @param peakResident most that was in memory at once so far, heap included; on systems other than Linux what is in memory now
 * @param limit        of the resident memory, above which an allocation outside the heap fails with an {@code OutOfMemoryError}; 0: none
 * @param arrays       outside the heap: ND4J's arrays and buffers of accelerated networks
 */
public record ProcessMemory(long peakResident, long limit, long arrays) {
    private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB$");
    private static final double MEBIBYTE = 1L << 20;

    /** As it is now. Loads JavaCPP, so only after a backend was chosen. */
    public static ProcessMemory now() {
        return new ProcessMemory(peak(), Pointer.maxPhysicalBytes(), OffHeap.used());
    }

    private static long peak() {
        try {
            Matcher peak = PEAK.matcher(Files.readString(Path.of("/proc/self/status")));
            if (peak.find()) return Long.parseLong(peak.group(1)) << 10;
        } catch (IOException e) {
            // Not Linux: JavaCPP knows how to ask.
        }
        return Pointer.physicalBytes();
    }

    /** {@code 812 MiB resident at most (limit 11,264 MiB), 40 MiB of arrays outside the heap}. */
    @Override
    public String toString() {
        String bound = limit > 0 ? String.format(Locale.ROOT, " (limit %,.0f MiB)", limit / MEBIBYTE) : "";
        return String.format(Locale.ROOT, "%,.0f MiB resident at most%s, %,.0f MiB of arrays outside the heap", peakResident / MEBIBYTE, bound, arrays / MEBIBYTE);
    }
}
