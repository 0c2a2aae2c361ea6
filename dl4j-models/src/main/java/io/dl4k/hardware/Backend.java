package io.dl4k.hardware;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Makes ND4J load as a profile wants it. ND4J and its native library exist once in a JVM and read their settings once, when their first
 * class loads; so there is one activation in a JVM, and it comes first.
 */
public final class Backend {
    /** Static because what it describes, the native library in this process, is. Guarded by the class. */
    private static LoadedBackend active;

    private Backend() {
    }

    /**
     * Loads ND4J under this profile. The same profile again returns what is loaded. Memory limits that the command line sets itself
     * ({@code -Dorg.bytedeco.javacpp.maxbytes}, {@code maxphysicalbytes}) are left as they are.
     *
     * <p>ND4J's OpenMP thread count belongs to the thread that calls this: other threads that start native work use as many threads as
     * the machine has cores unless {@code OMP_NUM_THREADS} says otherwise. The BLAS count is for the whole process.
     *
     * @throws IllegalStateException if another profile is active, or ND4J was loaded without one
     */
    public static synchronized LoadedBackend activate(Profile profile) {
        if (active != null) {
            if (active.profile().equals(profile)) return active;
            throw new IllegalStateException("profile " + active.profile() + " is active and ND4J loads once: start a new JVM for " + profile);
        }
        if (nativeCodeLoaded()) {
            throw new IllegalStateException("ND4J is already loaded, too late for profile " + profile
                + ": call Backend.activate before the first class of ND4J or JavaCPP is used");
        }
        setProperties(profile);
        active = Nd4jRuntime.load(profile);
        return active;
    }

    /** What {@link #activate} loaded; empty if it was not called. */
    public static synchronized Optional<LoadedBackend> active() {
        return Optional.ofNullable(active);
    }

    /** Sets what JavaCPP and ND4J read when their first class loads, and loads nothing: for those who ask a GPU without ND4J. Others call {@link #activate}. */
    public static void setProperties(Profile profile) {
        System.setProperty("org.bytedeco.javacpp.platform.extension", extension(profile));
        if (profile instanceof Profile.Cuda13 cuda13) {
            // Searched before all other folders, so that the libraries of one CUDA come together.
            System.setProperty("org.bytedeco.javacpp.platform.linkpath", cuda13.libraries().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        }
        setUnlessGiven("org.bytedeco.javacpp.maxbytes", profile.offHeapBytes());
        setUnlessGiven("org.bytedeco.javacpp.maxphysicalbytes", profile.residentBytes());
        if (System.getProperty("org.nd4j.log.initialization") == null) System.setProperty("org.nd4j.log.initialization", "false");
    }

    private static String extension(Profile profile) {
        if (profile instanceof Profile.Cpu cpu) return cpu.extension();
        // ND4J's CUDA natives name the classifier with cuDNN as an extension too; JavaCPP takes the first that it finds.
        return profile instanceof Profile.Cuda13 cuda13 ? cuda13.host().extension() : "-cudnn";
    }

    private static void setUnlessGiven(String property, long bytes) {
        if (bytes > 0 && System.getProperty(property) == null) System.setProperty(property, Long.toString(bytes));
    }

    /**
     * Whether JavaCPP runs in this process, found without touching it: its first use starts a thread of a known name. Where somebody
     * turned that thread off, Linux still lists the mapped library.
     */
    private static boolean nativeCodeLoaded() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("JavaCPP Deallocator")) return true;
        }
        try {
            return Files.readString(Path.of("/proc/self/maps")).contains("jnijavacpp");
        } catch (IOException notLinux) {
            return false;
        }
    }
}
