package io.dl4k.hardware;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The process that tries a GPU: a product and a function of known results. Arguments are those of {@link #arguments}. Ends with 0 if the results are right. */
final class GpuTrial {
    static final String PASSED = "dl4k: the trial passed";

    private GpuTrial() {
    }

    public static void main(String[] arguments) {
        int gpu = Integer.parseInt(arguments[0]);
        int ordinal = Integer.parseInt(arguments[1]);
        String wrong;
        if (arguments.length == 2) {
            Backend.activate(new Profile.Cuda(List.of(new Profile.Card(gpu, "trial", ordinal)), 1, 0, 0));
            wrong = compute();
        } else {
            Backend.setProperties(new Profile.Cuda13(List.of(new Profile.Card(gpu, "trial", ordinal)), Stream.of(arguments).skip(2).map(Path::of).toList(), new Profile.Cpu("", 1, 0, 0)));
            wrong = computeByExecutor(ordinal);
        }
        System.out.println(wrong.isEmpty() ? PASSED : wrong);
        System.exit(wrong.isEmpty() ? 0 : 3);
    }

    /** By name: with ND4J's CUDA backend on the class path the executor's classes cannot be loaded. */
    private static String computeByExecutor(int ordinal) {
        try {
            return (String) Class.forName("io.dl4k.accel.cuda.CudaTrial").getMethod("compute", int.class).invoke(null, ordinal);
        } catch (InvocationTargetException e) {
            return "error: " + e.getCause();
        } catch (ReflectiveOperationException e) {
            return "error: the executor for CUDA is not in this build (" + e + ")";
        }
    }

    /** The driver's number and CUDA's; for the executor the folders of its libraries too. */
    static List<String> arguments(Profile profile) {
        if (profile instanceof Profile.Cuda cuda) return List.of(Integer.toString(cuda.gpu()), Integer.toString(cuda.ordinal()));
        if (!(profile instanceof Profile.Cuda13 cuda13)) throw new IllegalArgumentException("a profile without a GPU: " + profile);
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(cuda13.gpu()), Integer.toString(cuda13.ordinal())));
        cuda13.libraries().forEach(folder -> arguments.add(folder.toString()));
        return arguments;
    }

    /** On whatever backend is active. @return what is wrong; empty: nothing */
    static String compute() {
        // Ones times ones: every cell is the inner size; then log(exp(x)) gives x back.
        int size = 64;
        INDArray product = Nd4j.ones(size, size).mmul(Nd4j.ones(size, size));
        double sum = Transforms.log(Transforms.exp(product.div(size))).sumNumber().doubleValue();
        double expected = (double) size * size;
        return Math.abs(sum - expected) <= 1e-3 * expected ? "" : "error: the GPU computed " + sum + " where " + expected + " is right";
    }
}
