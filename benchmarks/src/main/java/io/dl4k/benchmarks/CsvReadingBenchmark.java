package io.dl4k.benchmarks;

import io.dl4k.data.DataFiles;
import io.dl4k.data.Pixels;
import io.dl4k.data.Table;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How long does the digits competition's {@code train.csv} (76 MB, 42,000 rows of a label and 784 pixels) take from Kaggle's zip into a table, pixels ready for
 * batches? Inflating, decoding, parsing and checking included, in a heap of 150 MB. Without the zip at hand, a generated one of the same shape is read.
 *
 * <p>Run: {@code ./dl4k bench CsvReading}; the first reading of a cold JVM: {@code ./dl4k bench CsvReading -bm ss -wi 0 -i 1 -f 5}.
 */
@State(Scope.Benchmark)
@Fork(value = 2, jvmArgsAppend = "-Xmx150m")   // the bound on memory is part of the question
public class CsvReadingBenchmark extends AbstractBenchmark {
    private DigitsFile digits;

    /** Finds or makes the zip. */
    @Setup
    public void prepare() throws IOException {
        digits = DigitsFile.open();
    }

    /** Zip to pixels. */
    @Benchmark
    public Pixels table() {
        try (DataFiles files = DataFiles.open(digits.zip())) {
            Pixels pixels = Table.read(files.require("train.csv")).pixels(column -> column.startsWith("pixel"));
            if (pixels.rows() != DigitsFile.ROWS || pixels.size() != DigitsFile.PIXELS) throw new IllegalStateException("read " + pixels);
            return pixels;
        }
    }

    /** Deletes a generated zip. */
    @TearDown
    public void cleanUp() throws IOException {
        digits.close();
    }
}
