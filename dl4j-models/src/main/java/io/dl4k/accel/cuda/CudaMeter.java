package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Precision;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;

/** How fast a GPU multiplies and copies, by its own clock: the ceilings that steps are held against. On random numbers: zeros are faster than real data. */
public final class CudaMeter implements AutoCloseable {
    private static final int WARM_UP = 3;
    /** Of random numbers, uploaded again and again until a matrix is full. */
    private static final int BLOCK = 1 << 20;

    private final Device device;
    private final long block;

    /** @param ordinal CUDA's number of the GPU in this process
     *  @param precision of products
     *  @throws CudaException if the driver or a library reports an error */
    public CudaMeter(int ordinal, Precision precision) {
        this(new CudaDevice(ordinal, precision));
    }

    CudaMeter(Device device) {
        this.device = device;
        block = device.pin((long) BLOCK * Float.BYTES);
        FloatPointer values = new Host.Floats().at(block, BLOCK);
        Random random = new Random(BLOCK);
        for (int i = 0; i < BLOCK; i++) values.put(i, random.nextFloat() - 0.5f);
    }

    private void fill(long at, long cells) {
        for (long from = 0; from < cells; from += BLOCK) device.upload(at + from * Float.BYTES, block, Math.min(BLOCK, cells - from) * Float.BYTES);
    }

    /** {@code C = A B}, float32, of C with m rows and n columns and the common size k.
     *
     *  @param runs at least 1
     *  @return the median, milliseconds */
    public double product(int m, int n, int k, int runs) {
        long a = device.allocate((long) m * k * Float.BYTES);
        long b = device.allocate((long) k * n * Float.BYTES);
        long c = device.allocate((long) m * n * Float.BYTES);
        fill(a, (long) m * k);
        fill(b, (long) k * n);
        try (Device.Call call = device.product(new Device.Product(false, false, m, n, k, a, m, b, k, c, m, false, 0, false))) {
            return median(call, runs);
        } finally {
            for (long each : new long[] {a, b, c}) device.free(each);
        }
    }

    /** A copy from one place of the GPU's memory to another: so many bytes read and as many written.
     *
     *  @param runs at least 1
     *  @return the median, milliseconds */
    public double copy(long bytes, int runs) {
        long from = device.allocate(bytes);
        long to = device.allocate(bytes);
        fill(from, bytes / Float.BYTES);
        try {
            return median(() -> device.copy(to, from, bytes), runs);
        } finally {
            device.free(from);
            device.free(to);
        }
    }

    private double median(Device.Call call, int runs) {
        double[] times = new double[runs];
        try (Device.Watch begin = device.watch(); Device.Watch end = device.watch()) {
            for (int i = -WARM_UP; i < runs; i++) {
                begin.set();
                call.run();
                end.set();
                device.synchronize();
                if (i >= 0) times[i] = end.millisecondsSince(begin);
            }
        }
        Arrays.sort(times);
        return times[runs / 2];
    }

    @Override public void close() {
        device.unpin(block);
        device.close();
    }
}
