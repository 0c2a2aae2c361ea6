package io.dl4k.benchmarks;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Against DataVec, which is what Deeplearning4j users read CSV with: the digits competition's {@code train.csv} from Kaggle's zip to numbers in memory. One heap for
 * both, large enough for DataVec's objects; {@link CsvReadingBenchmark} asks the same in a small one. Run: {@code ./dl4k bench CsvPeers}.
 */
@State(Scope.Benchmark)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
public class CsvPeersBenchmark extends AbstractBenchmark {
    /** Who reads. */
    @Param({"dl4k", "datavec"})
    public CsvReader implementation;

    private DigitsFile digits;

    /** Finds or makes the zip. */
    @Setup
    public void prepare() throws IOException {
        digits = DigitsFile.open();
    }

    /** Zip to pixels; their sum, so that nothing can be skipped. */
    @Benchmark
    public long pixels() throws IOException {
        CsvReader.Result result = implementation.read(digits.zip());
        if (result.rows() != DigitsFile.ROWS) throw new IllegalStateException("read " + result);
        return result.sum();
    }

    /** Deletes a generated zip. */
    @TearDown
    public void cleanUp() throws IOException {
        digits.close();
    }
}
