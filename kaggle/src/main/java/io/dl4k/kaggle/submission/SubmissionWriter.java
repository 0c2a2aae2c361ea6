package io.dl4k.kaggle.submission;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.dl4k.data.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes a submission that follows a sample submission exactly: its header, its ids, its order. */
public final class SubmissionWriter {
    private SubmissionWriter() {
    }

    /**
     * Writes the file whole or not at all: UTF-8, lines end in LF, quotes only where a value needs them.
     *
     * @param values as {@code values.get(target).get(row)}, in the sample's order
     * @throws IllegalArgumentException if the number of columns or rows differs from the sample's, or a value is empty
     * @throws IOException if the file cannot be written; an older file of that name then stays
     */
    public static void write(Path target, SampleSubmission sample, List<List<String>> values) throws IOException {
        if (values.size() != sample.targetColumns().size()) {
            throw new IllegalArgumentException("the sample has " + sample.targetColumns().size() + " target columns, got " + values.size());
        }
        for (int c = 0; c < values.size(); c++) {
            if (values.get(c).size() != sample.rows()) {
                throw new IllegalArgumentException("column '" + sample.targetColumns().get(c) + "' needs " + sample.rows() + " values, got " + values.get(c).size());
            }
            int empty = values.get(c).indexOf("");
            if (empty >= 0) {
                throw new IllegalArgumentException("column '" + sample.targetColumns().get(c) + "' has no value for id " + sample.ids().get(empty));
            }
        }
        write(target, sample.idColumn(), sample.targetColumns(), lines -> {
            for (int row = 0; row < sample.rows(); row++) {
                int at = row;
                lines.write(sample.ids().get(row), values.stream().map(column -> column.get(at)).toList());
            }
        });
    }

    /** Takes the lines of a submission, one after the other. */
    @FunctionalInterface
    public interface Lines {
        /** @param values one a target column */
        void write(String id, List<String> values);
    }

    /** Gives the lines of a submission. */
    @FunctionalInterface
    public interface Content {
        /** @throws IOException if they cannot be read; the file then stays as it was */
        void giveTo(Lines lines) throws IOException;
    }

    /**
     * Writes the file whole or not at all, holding one line: UTF-8, lines end in LF, quotes only where a value needs them.
     *
     * @throws IOException if the file cannot be written; an older file of that name then stays
     */
    public static void write(Path target, String idColumn, List<String> targetColumns, Content content) throws IOException {
        AtomicFile.write(target, out -> {
            CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out, StandardCharsets.UTF_8);
            Lines lines = (id, values) -> {
                List<String> line = new ArrayList<>();
                line.add(id);
                line.addAll(values);
                csv.writeRecord(line);
            };
            lines.write(idColumn, targetColumns);
            content.giveTo(lines);
            csv.flush();
        });
    }
}
