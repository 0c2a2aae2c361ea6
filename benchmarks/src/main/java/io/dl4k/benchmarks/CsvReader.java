package io.dl4k.benchmarks;

import io.dl4k.data.DataFiles;
import io.dl4k.data.Pixels;
import io.dl4k.data.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.datavec.api.writable.Writable;

/** Who reads the digits' zip. Named as on the command line. */
public enum CsvReader {
    /** Our tables: one byte a pixel. */
    dl4k {
        @Override
        Result read(Path zip) {
            try (DataFiles files = DataFiles.open(zip)) {
                Pixels pixels = Table.read(files.require(FILE)).pixels(column -> column.startsWith("pixel"));
                long sum = 0;
                for (int row = 0; row < pixels.rows(); row++) for (int p = 0; p < pixels.size(); p++) sum += pixels.get(row, p);
                return new Result(pixels.rows(), sum);
            }
        }
    },
    /** DataVec's record reader, its records copied into one float array a row as its data set iterator does. */
    datavec {
        @Override
        Result read(Path zip) throws IOException {
            try (ZipFile file = new ZipFile(zip.toFile()); var in = file.getInputStream(file.getEntry(FILE)); var records = new CSVRecordReader(1)) {
                records.initialize(new InputStreamInputSplit(in));
                float[][] rows = new float[1024][];
                int count = 0;
                while (records.hasNext()) {
                    List<Writable> record = records.next();
                    float[] row = new float[record.size() - 1];
                    for (int p = 0; p < row.length; p++) row[p] = record.get(p + 1).toFloat();
                    if (count == rows.length) rows = Arrays.copyOf(rows, 2 * count);
                    rows[count++] = row;
                }
                long sum = 0;
                for (int i = 0; i < count; i++) for (float pixel : rows[i]) sum += (long) pixel;
                return new Result(count, sum);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while reading " + zip, e);
            }
        }
    };

    private static final String FILE = "train.csv";

    /** Rows read and the sum of all pixels. */
    record Result(int rows, long sum) { }

    abstract Result read(Path zip) throws IOException;
}
