package io.dl4k.benchmarks;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.dl4k.hardware.LoadedBackend;

/** DJL's PyTorch, from the class path and never from the net. */
public final class PyTorch {
    private static final String NATIVES = "native/lib/pytorch.properties";

    private PyTorch() {
    }

    /** Whether PyTorch's machine code was built in. */
    public static boolean present() {
        return PyTorch.class.getClassLoader().getResource(NATIVES) != null;
    }

    /**
     * Loads PyTorch, with as many threads as ND4J has.
     *
     * @throws IllegalStateException if its machine code is not on the class path
     */
    public static NDManager load(LoadedBackend nd4j) {
        if (!present()) throw new IllegalStateException("PyTorch's machine code is not on the class path: run ./dl4k bench, or build with mvn -Ppeers package");
        // Read when the engine's first class loads: nothing may be fetched or told, and the copy unpacked from the class path is used.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(nd4j.threads()));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        return Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    }
}
