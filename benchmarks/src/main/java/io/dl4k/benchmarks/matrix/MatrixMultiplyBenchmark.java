package io.dl4k.benchmarks.matrix;

import io.dl4k.benchmarks.AbstractBenchmark;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How long does a float32 product take: square ones, those of real layers, and one row? A product of {@code MxKxN} is 2MKN operations, so GFLOP/s are
 * {@code 2e-6 * MKN / milliseconds}; the report has them. Run: {@code ./dl4k bench MatrixMultiply}; some only: {@code -p shape=512x512x512,128x784x512}.
 */
@State(Scope.Thread)
public class MatrixMultiplyBenchmark extends AbstractBenchmark {
    /** Who multiplies. */
    @Param({"stock", "into", "dl4k", "cblas", "djl"})
    public Multiplier.Kind implementation;

    /**
     * Rows x inner x columns. After the squares: dense layers of 784-512-10 at 128 rows and at one; an LSTM 64-128's input projection of 32 rows by 50 steps and
     * one of its recurrent steps; 3x3 convolutions of 1 to 32 and 32 to 64 channels as products, 128 images.
     */
    @Param({"64x64x64", "128x128x128", "256x256x256", "512x512x512", "1024x1024x1024", "2048x2048x2048", "4096x4096x4096",
        "128x784x512", "128x512x10", "1x784x512", "1600x64x512", "32x128x512", "100352x9x32", "25088x288x64"})
    public String shape;

    private Multiplier multiplier;

    /** Operands; not timed. */
    @Setup
    public void prepare() {
        multiplier = implementation.prepare(activate(), MatrixShape.parse(shape));
    }

    /** One product. */
    @Benchmark
    public Object multiply() {
        return multiplier.multiply();
    }

    /** Frees the natives' memory. */
    @TearDown
    public void cleanUp() {
        multiplier.close();
    }
}
