package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Param;

/** The device's copies of the flat vectors, which are the true ones between a step and {@link #settle}. */
final class Vectors implements AutoCloseable {
    private static final long ALIGNMENT = 256;

    private final Device device;
    private final Kernels.Memory host;
    private final long length;
    private final long states;
    private final long params;
    private final long gradient;
    private final long state;
    /** Whether the host's are to be read before anything else. */
    private boolean stale = true;
    private boolean newGradient;
    private boolean newParams;

    /** @param length cells of parameters and of gradient  @param states of the updaters' state */
    Vectors(Device device, Kernels.Memory host, long length, long states) {
        this.device = device;
        this.host = host;
        this.length = length;
        this.states = host.state() == 0 ? 0 : states;
        // One piece, so that it is there whole or not at all; each vector begins where the device likes it.
        long each = (length * Float.BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        params = device.allocate(2 * each + this.states * Float.BYTES);
        gradient = params + each;
        state = gradient + each;
        // Slices that nobody trains stay so.
        device.zero(gradient, length * Float.BYTES);
    }

    long length() {
        return length;
    }

    Tensor param(Param p) {
        return Plan.external(params + p.offset() * Float.BYTES, p.length());
    }

    Tensor gradient(Param p) {
        return Plan.external(gradient + p.offset() * Float.BYTES, p.length());
    }

    Tensor params(long from, long cells) {
        return Plan.external(params + from * Float.BYTES, cells);
    }

    Tensor gradient(long from, long cells) {
        return Plan.external(gradient + from * Float.BYTES, cells);
    }

    Tensor state(long from, long cells) {
        return Plan.external(state + from * Float.BYTES, cells);
    }

    /** Before anything runs. */
    void read() {
        if (!stale) return;
        device.upload(params, host.params(), length * Float.BYTES);
        if (states > 0) device.upload(state, host.state(), states * Float.BYTES);
        // The host's may change as soon as this returns.
        device.synchronize();
        stale = false;
    }

    void gradientChanged() {
        newGradient = true;
    }

    void paramsChanged() {
        newParams = true;
        // Clipping and penalties change it.
        newGradient = true;
    }

    /** Makes the host's the true ones. */
    void settle() {
        stale = true;
        if (!newGradient && !newParams) return;
        if (newGradient) device.download(host.gradient(), gradient, length * Float.BYTES);
        if (newParams) {
            device.download(host.params(), params, length * Float.BYTES);
            if (states > 0) device.download(host.state(), state, states * Float.BYTES);
        }
        device.synchronize();
        newGradient = false;
        newParams = false;
    }

    @Override public void close() {
        device.free(params);
    }
}
