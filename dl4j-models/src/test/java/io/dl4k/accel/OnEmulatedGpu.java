package io.dl4k.accel;

import io.dl4k.accel.cuda.EmulatedGpu;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets {@link Twins} accelerate on the emulated GPU; skips the class where that cannot be built. */
final class OnEmulatedGpu implements BeforeAllCallback, AfterAllCallback {
    @Override public void beforeAll(ExtensionContext context) {
        Assumptions.assumeTrue(EmulatedGpu.missing().isEmpty(), () -> EmulatedGpu.missing().orElseThrow());
        Twins.device = EmulatedGpu::open;
    }

    @Override public void afterAll(ExtensionContext context) {
        Twins.device = null;
    }
}
