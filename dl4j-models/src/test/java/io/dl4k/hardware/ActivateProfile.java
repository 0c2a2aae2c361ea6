package io.dl4k.hardware;

import java.util.OptionalInt;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Activates the profile {@code auto} before the first test, so that all tests run on the native library that users get, whichever test
 * comes first. Registered in {@code META-INF/services}; another module's tests have the same through a class of three lines.
 */
public final class ActivateProfile implements LauncherSessionListener {
    /** Called by JUnit through the service loader. */
    public ActivateProfile() {
    }

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Backend.activate(ProfileChooser.choose(Probe.thisMachine(), DeviceRequest.AUTO, OptionalInt.empty()).profile());
    }
}
