package io.dl4k.hardware;

import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The only class here that touches ND4J, so that all others can be used before it loads. */
final class Nd4jRuntime {
    private Nd4jRuntime() {
    }

    /** Loads ND4J with the properties as they are, sets the threads, and says what came. */
    static LoadedBackend load(Profile profile) {
        Blas blas = Nd4j.factory().blas();
        NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
        ops.setOmpNumThreads(profile.threads());
        blas.setMaxThreads(profile.threads());
        String library = Loader.getLoadedLibraries().get("jnind4jcpu");
        // The file lies in a folder named after the build, in JavaCPP's cache as in the jar.
        String classifier = library == null ? "unknown" : String.valueOf(Path.of(library).getParent().getFileName());
        boolean oneDnn = ops.buildInfo().contains("HAVE_ONEDNN");
        return new LoadedBackend(profile, classifier, blas.getBlasVendor().toString(), oneDnn, ops.ompGetMaxThreads(), blas.getMaxThreads());
    }
}
