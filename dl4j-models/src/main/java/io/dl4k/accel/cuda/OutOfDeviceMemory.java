package io.dl4k.accel.cuda;

/** The device has not so much memory: a smaller batch may fit. */
final class OutOfDeviceMemory extends UnsupportedOperationException {
    private static final long serialVersionUID = 1;

    /** @param need bytes asked for  @param free bytes there  @param all bytes of the device */
    OutOfDeviceMemory(long need, long free, long all) {
        super("the GPU has " + (free >> 20) + " of " + (all >> 20) + " MiB free, and " + ((need + (1 << 20) - 1) >> 20) + " MiB more are needed: choose a smaller batch");
    }

    /** @param before the reason why a smaller part will not do */
    OutOfDeviceMemory(String before, OutOfDeviceMemory reason) {
        super(before + reason.getMessage(), reason);
    }
}
