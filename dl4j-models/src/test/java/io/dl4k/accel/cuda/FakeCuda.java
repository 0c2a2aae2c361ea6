package io.dl4k.accel.cuda;

import io.dl4k.accel.Accelerated;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Precision;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

/** Runs in a process of its own, whose CUDA libraries are {@code fakecuda.cpp}: {@link CudaDevice} itself, all its calls and their arguments. */
final class FakeCuda {
    private static final int STEPS = 5;

    private FakeCuda() { }

    /** @param args the log of the libraries, the user's cache */
    public static void main(String[] args) throws IOException {
        Path log = Path.of(args[0]);
        Path cache = Path.of(args[1]);
        for (int i = 0; i < 2; i++) expect("trial", "", CudaTrial.compute(0));
        expect("compilations with a cache", 1, count(log, "compile"));
        for (Path file : Files.list(cache.resolve("dl4k")).toList()) Files.writeString(file, "broken");
        expect("trial of a missing GPU", "error: choose GPU 5: CUDA reports cudaErrorInvalidDevice (101)", CudaTrial.compute(5));
        for (String kind : List.of("mlp", "cnn", "lstm", "text")) trainsAsTheProcessor(kind, Precision.FLOAT32, 1);
        expect("rounded products", 0, count(log, "product tf32") + count(log, "product bf16") + count(log, "convolution tf32") + count(log, "convolution bf16"));
        for (String kind : List.of("mlp", "cnn", "lstm")) trainsAsTheProcessor(kind, Precision.TF32, 10);
        expect("rounded to bf16", 0, count(log, "product bf16") + count(log, "convolution bf16"));
        if (count(log, "product tf32") < 20) throw new IllegalStateException("not rounded to TF32");
        // Forward twice in each of two programs, weights twice, data once.
        expect("convolutions in TF32", 7, count(log, "convolution tf32"));
        long before = count(log, "product tf32");
        for (String kind : List.of("mlp", "cnn", "lstm")) trainsAsTheProcessor(kind, Precision.BF16, 80);
        // Columns of 3 and images of 5 channels have no way in bf16.
        if (count(log, "product bf16") < 20 || count(log, "product tf32") == before) throw new IllegalStateException("not rounded to bf16");
        // Asked for once, made once.
        expect("convolutions in bf16", 2 * 4, count(log, "convolution bf16"));
        expect("convolutions in TF32 instead", 7 + 3, count(log, "convolution tf32"));
        // The cache was broken, and a GPU that was opened once is used again.
        expect("compilations", 2, count(log, "compile"));
        expect("cuDNN opened for the trials, and for convolutions by one device", 3, count(log, "cudnn"));
        for (Precision precision : Precision.values()) {
            try (Kernels kernels = CudaKernels.open(0, precision)) {
                expect("name", "Fake GPU (compute capability 9.0), CUDA 13.0, cuBLASLt 130000" + (precision == Precision.FLOAT32 ? "" : ", " + precision), kernels.name());
            }
        }
        try {
            CudaKernels.open(5, Precision.FLOAT32);
            throw new IllegalStateException("GPU 5 was opened");
        } catch (CudaException e) {
            expect("message", "choose GPU 5: CUDA reports cudaErrorInvalidDevice (101)", e.getMessage());
        }
        outOfMemory();
        System.out.println("ALL FINE, " + count(log, "graph") + " graphs");
    }

    /** @param tolerance factor of what float32 is allowed */
    private static void trainsAsTheProcessor(String kind, Precision precision, double tolerance) {
        MultiLayerNetwork one = ExecutorTest.net(kind);
        // A clone has not the listener that bounds the gradient.
        MultiLayerNetwork other = ExecutorTest.net(kind);
        other.setParams(one.params());
        try (Accelerated gpu = Accelerated.attempt(one, () -> CudaKernels.open(0, precision)).accelerated().orElseThrow().seed(1);
             Accelerated cpu = Accelerated.of(other).orElseThrow().threads(1).seed(1)) {
            for (int i = 0; i < STEPS; i++) {
                double expected = cpu.step(ExecutorTest.batch(kind, i));
                double found = gpu.step(ExecutorTest.batch(kind, i));
                if (Math.abs(expected - found) > tolerance * 1e-4 * Math.abs(expected)) throw new IllegalStateException(kind + ", step " + i + ": score " + found + ", expected " + expected);
            }
            DataSet batch = ExecutorTest.batch(kind, 9);
            double apart = cpu.output(batch.getFeatures()).sub(gpu.output(batch.getFeatures())).amaxNumber().doubleValue();
            if (apart > tolerance * 1e-4) throw new IllegalStateException(kind + ": outputs differ by " + apart);
            expect(kind + " fallbacks", List.of(), gpu.fallbacks());
        }
        double apart = one.params().sub(other.params()).amaxNumber().doubleValue();
        if (!(apart < tolerance * 1e-3)) throw new IllegalStateException(kind + ": parameters differ by " + apart);
    }

    private static void outOfMemory() {
        MultiLayerNetwork net = Mlp.classifier(20, 3).hidden(3000, 3000).optimizer(Optimizer.sgd(0.1)).build();
        try (Accelerated gpu = Accelerated.attempt(net, () -> CudaKernels.open(0, Precision.FLOAT32)).accelerated().orElseThrow()) {
            gpu.step(ExecutorTest.batch("mlp", 0));
            expect("fallbacks", List.of("the GPU has 63 of 128 MiB free, and 70 MiB more are needed: choose a smaller batch"), gpu.fallbacks());
        }
    }

    private static long count(Path log, String line) throws IOException {
        return Files.exists(log) ? Files.readAllLines(log).stream().filter(line::equals).count() : 0;
    }

    private static void expect(String what, Object expected, Object found) {
        if (!String.valueOf(expected).equals(String.valueOf(found))) throw new IllegalStateException(what + ": expected " + expected + ", found " + found);
    }
}
