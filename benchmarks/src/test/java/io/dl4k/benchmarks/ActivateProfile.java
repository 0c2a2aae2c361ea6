package io.dl4k.benchmarks;

import io.dl4k.hardware.Backend;
import io.dl4k.hardware.DeviceRequest;
import io.dl4k.hardware.Probe;
import io.dl4k.hardware.ProfileChooser;
import java.util.OptionalInt;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Activates the CPU profile before the first test. Registered in {@code META-INF/services}. */
public final class ActivateProfile implements LauncherSessionListener {
    /** Called by JUnit through the service loader. */
    public ActivateProfile() {
    }

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Backend.activate(ProfileChooser.choose(Probe.thisMachine(), DeviceRequest.CPU, OptionalInt.empty()).profile());
    }
}
