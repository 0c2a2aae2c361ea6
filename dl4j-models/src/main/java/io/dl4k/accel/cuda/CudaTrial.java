package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Activation;
import io.dl4k.accel.program.Precision;
import io.dl4k.accel.program.Window;
import org.bytedeco.javacpp.FloatPointer;

/** A small computation of known results that needs all there is: the driver, cuBLASLt, cuDNN, the own kernels, a graph. */
public final class CudaTrial {
    private static final int SIZE = 64;
    private static final double TOLERANCE = 1e-4;

    private CudaTrial() { }

    /** Tries a GPU. An error in a driver may end the process: to be called in one of its own.
     *
     *  @param ordinal CUDA's number of it in this process
     *  @return what is wrong; empty: nothing */
    public static String compute(int ordinal) {
        try (Device device = new CudaDevice(ordinal, Precision.FLOAT32)) {
            return compute(device);
        } catch (CudaException | UnsupportedOperationException | LinkageError e) {
            return "error: " + e.getMessage();
        }
    }

    /** relu(ones ones + 1) is SIZE + 1 in every cell; as an image, summed over its 2 x 2 neighbours, four times that. */
    static String compute(Device device) {
        int cells = SIZE * SIZE;
        int to = SIZE - 1;
        long host = device.pin((long) cells * Float.BYTES);
        long ones = device.allocate((long) cells * Float.BYTES);
        long product = device.allocate((long) cells * Float.BYTES);
        long sums = device.allocate((long) to * to * Float.BYTES);
        FloatPointer values = new Host.Floats().at(host, cells);
        for (int i = 0; i < cells; i++) values.put(i, 1f);
        device.upload(ones, host, (long) cells * Float.BYTES);
        Window window = new Window(2, 2, 1, 1, 0, 0, 0, 0, 1, 1);
        try (Device.Call multiply = device.product(new Device.Product(true, false, SIZE, SIZE, SIZE, ones, SIZE, ones, SIZE, product, SIZE, false, ones, true));
             Device.Call convolve = device.convolution(Device.Pass.FORWARD, new Device.Convolution(1, 1, SIZE, SIZE, 1, to, to, window, false), product, ones, sums);
             Device.Call activate = device.kernel("activate", Device.Grid.elements((long) to * to), sums, sums, (long) to * to, Activation.Kind.SOFTPLUS.ordinal(), 0f)) {
            Runnable all = () -> {
                multiply.run();
                convolve.run();
                activate.run();
            };
            all.run();
            String wrong = check(device, values, sums, to * to, "called");
            if (!wrong.isEmpty()) return wrong;
            device.zero(sums, (long) to * to * Float.BYTES);
            try (Device.Call graph = device.record(all)) {
                graph.run();
                return check(device, values, sums, to * to, "as a graph");
            }
        } finally {
            device.unpin(host);
            device.free(ones);
            device.free(product);
            device.free(sums);
        }
    }

    private static String check(Device device, FloatPointer values, long from, int n, String how) {
        device.download(values.address(), from, (long) n * Float.BYTES);
        device.synchronize();
        double expected = 4.0 * (SIZE + 1);
        for (int i = 0; i < n; i++)
            if (!(Math.abs(values.get(i) - expected) <= TOLERANCE * expected)) return "error: the GPU computed " + values.get(i) + " where " + expected + " is right (" + how + ")";
        return "";
    }
}
