package io.dl4k.hardware;

import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The class here that loads ND4J, so that all others can be used before it loads. */
final class Nd4jRuntime {
    private Nd4jRuntime() {
    }

    /** Loads ND4J with the properties as they are, sets the threads, and says what came. */
    static LoadedBackend load(Profile profile) {
        boolean cuda = profile instanceof Profile.Cuda;
        ND4JClassLoading.setNd4jClassloader(new OneBackendLoader(Nd4jRuntime.class.getClassLoader(), cuda ? OneBackendLoader.CUDA : OneBackendLoader.CPU));
        if (profile instanceof Profile.Cuda chosen) useOnly(chosen.cards());
        Blas blas = Nd4j.factory().blas();
        NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
        ops.setOmpNumThreads(profile.threads());
        if (!cuda) blas.setMaxThreads(profile.threads());
        if (!cuda) OffHeap.limitArrays();
        String library = Loader.getLoadedLibraries().get(cuda ? "jnind4jcuda" : "jnind4jcpu");
        // The file lies in a folder named after the build, in JavaCPP's cache as in the jar.
        String classifier = library == null ? "unknown" : String.valueOf(Path.of(library).getParent().getFileName());
        boolean oneDnn = !cuda && ops.buildInfo().contains("HAVE_ONEDNN");
        return new LoadedBackend(profile, classifier, blas.getBlasVendor().toString(), oneDnn, ops.ompGetMaxThreads(), blas.getMaxThreads());
    }

    /** {@code CudaEnvironment.getInstance().getConfiguration().useDevices(ordinals)}, before ND4J spreads threads over all GPUs; by name, since the default build has no such class. */
    private static void useOnly(List<Profile.Card> cards) {
        try {
            Class<?> environment = Class.forName("org.nd4j.jita.conf.CudaEnvironment");
            Object configuration = environment.getMethod("getConfiguration").invoke(environment.getMethod("getInstance").invoke(null));
            configuration.getClass().getMethod("useDevices", int[].class).invoke(configuration, (Object) cards.stream().mapToInt(Profile.Card::ordinal).toArray());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("ND4J's CUDA backend is not as expected: " + e, e);
        }
    }
}
