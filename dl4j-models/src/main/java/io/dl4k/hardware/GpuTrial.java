package io.dl4k.hardware;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The process that tries a GPU: a product and a function of known results. Arguments: the driver's number, CUDA's number. Ends with 0 if the results are right. */
final class GpuTrial {
    static final String PASSED = "dl4k: the trial passed";

    private GpuTrial() {
    }

    public static void main(String[] arguments) {
        int gpu = Integer.parseInt(arguments[0]);
        Backend.activate(new Profile.Cuda(gpu, "trial", Integer.parseInt(arguments[1]), 1, 0, 0));
        String wrong = compute();
        System.out.println(wrong.isEmpty() ? PASSED : wrong);
        System.exit(wrong.isEmpty() ? 0 : 3);
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
