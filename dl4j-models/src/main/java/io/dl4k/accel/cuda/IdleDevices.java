package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Precision;
import java.util.HashMap;
import java.util.Map;

/** GPUs that were opened and that nobody uses at the moment, one for each number: opening one loads the own kernels and NVIDIA's libraries, and a run trains many networks, one after the
 *  other. Static because what they stand for, CUDA's context on a GPU, is the process's. */
final class IdleDevices {
    private static final Map<Integer, CudaDevice> IDLE = new HashMap<>();

    private IdleDevices() { }

    /** One of this number: the idle one, or another. */
    static CudaDevice take(int ordinal, Precision precision) {
        CudaDevice idle;
        synchronized (IDLE) {
            idle = IDLE.remove(ordinal);
        }
        if (idle == null) return new CudaDevice(ordinal, precision);
        try {
            idle.use(precision);
            return idle;
        } catch (RuntimeException e) {
            give(idle);
            throw e;
        }
    }

    /** Takes back what nobody uses any more; closes it if there is one already, or if it is broken. */
    static void give(CudaDevice device) {
        boolean kept = false;
        if (device.clear()) {
            synchronized (IDLE) {
                kept = IDLE.putIfAbsent(device.ordinal(), device) == null;
            }
        }
        if (!kept) device.close();
    }
}
