package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Precision;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The executor for GPUs, on the processor, for tests of other packages. */
public final class EmulatedGpu {
    private EmulatedGpu() { }

    /** Why there is none here; empty if there is. */
    public static Optional<String> missing() {
        return Emulator.missing();
    }

    /** Blocks of one thread. */
    public static Kernels open() {
        return open(Precision.FLOAT32);
    }

    /** The same. @param precision of products and convolutions */
    public static Kernels open(Precision precision) {
        return new CudaKernels(new EmulatedDevice(1, precision));
    }

    /** For products and copies. */
    public static CudaMeter meter() {
        return new CudaMeter(new EmulatedDevice(1));
    }

    /** Names of all own kernels. */
    public static List<String> kernels() {
        return Emulator.names();
    }

    /** One that notes which kernels were asked for, and leaves one of them out.
     *
     *  @param asked is added to  @param broken does nothing; null for none */
    public static Kernels open(Precision precision, Set<String> asked, String broken) {
        Device device = new EmulatedDevice(1, precision);
        return new CudaKernels((Device) Proxy.newProxyInstance(Device.class.getClassLoader(), new Class<?>[] {Device.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("kernel")) {
                asked.add((String) arguments[0]);
                if (arguments[0].equals(broken)) return (Device.Call) () -> { };
            }
            try {
                return method.invoke(device, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
