package io.dl4k.kaggle.competition;

import io.dl4k.data.CsvParts;
import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.Table;
import io.dl4k.kaggle.submission.SampleSubmission;
import io.dl4k.kaggle.submission.SubmissionWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Predicts a file of any length part by part and writes the submission. Without a sample submission, a bit a row is held where ids are whole
 * numbers, and the ids where they are not; with one, which may ask for another order, ids and answers are held. No row ever is. Files whose rows need each other are read whole.
 *
 * <p>A part is a whole number of the batches that the networks predict at a time, so that the answers are those of the file in one piece, bit by bit.
 */
public final class FilePrediction {
    private static final int CHARACTERS = 1 << 20;

    private final Ensemble ensemble;
    private final CsvSource file;
    private final int characters;

    /** @param file with the rows to predict */
    public FilePrediction(Ensemble ensemble, CsvSource file) {
        this(ensemble, file, CHARACTERS);
    }

    FilePrediction(Ensemble ensemble, CsvSource file, int characters) {
        this.ensemble = ensemble;
        this.file = file;
        this.characters = characters;
    }

    @FunctionalInterface
    private interface PartSink {
        void take(Table part, float[][] predictions) throws IOException;
    }

    /**
     * Writes the submission, whole or not at all.
     *
     * @param sample its header, ids and order; without one, the rows' own ids in their order, or 1, 2, 3, … where they have none
     * @return rows written
     * @throws io.dl4k.data.DataException if the file does not fit the model or the sample
     * @throws IOException if the submission cannot be written
     */
    public int write(Path target, Optional<SampleSubmission> sample) throws IOException {
        return sample.isPresent() ? inOrder(target, sample.get()) : asRead(target);
    }

    private int asRead(Path target) throws IOException {
        int[] written = {0};
        SeenIds seen = new SeenIds();
        SubmissionWriter.write(target, ensemble.idColumn(), ensemble.targetColumns(), lines -> parts((part, predictions) -> {
            boolean named = part.has(ensemble.idColumn());
            List<List<String>> columns = ensemble.answer().columns(predictions);
            for (int row = 0; row < part.rows(); row++) {
                int at = row;
                written[0]++;
                String id = named ? Problem.id(part, ensemble.idColumn(), row) : String.valueOf(written[0]);
                if (!seen.add(id)) {
                    throw DataException.at(file.name(), part.line(row), ensemble.idColumn(), "id '" + id + "' stands in line " + firstLine(id) + " already.");
                }
                lines.write(id, columns.stream().map(column -> column.get(at)).toList());
            }
        }));
        return written[0];
    }

    private long firstLine(String id) {
        try (CsvParts parts = CsvParts.of(file, 1, characters)) {
            for (Optional<CsvSource> part = parts.next(); part.isPresent(); part = parts.next()) {
                Table table = ensemble.competition().read(part.get());
                for (int row = 0; row < table.rows(); row++) {
                    if (id.equals(table.column(ensemble.idColumn()).text(row))) {
                        return table.line(row);
                    }
                }
            }
        }
        throw DataException.in(file.name(), "the file changed while it was read. Try again.");
    }

    private int inOrder(Path target, SampleSubmission sample) throws IOException {
        sample.requireTargets(ensemble.targetColumns());
        List<float[]> predictions = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        LongStream.Builder lines = LongStream.builder();
        parts((part, some) -> {
            predictions.addAll(List.of(some));
            for (int row = 0; row < part.rows() && part.has(sample.idColumn()); row++) {
                ids.add(Problem.id(part, sample.idColumn(), row));
                lines.add(part.line(row));
            }
        });
        long[] line = lines.build().toArray();
        int[] order = Problem.testRows(file.name(), predictions.size(), ids.isEmpty() ? Optional.empty() : Optional.of(ids), row -> line[row], sample);
        float[][] ordered = new float[order.length][];
        for (int i = 0; i < order.length; i++) {
            ordered[i] = predictions.get(order[i]);
        }
        SubmissionWriter.write(target, sample, ensemble.answer().columns(ordered));
        return order.length;
    }

    private void parts(PartSink sink) throws IOException {
        if (!ensemble.rowByRow()) {
            predict(file, sink);
            return;
        }
        try (CsvParts parts = CsvParts.of(file, TrainedNetwork.PREDICTION_BATCH, characters)) {
            for (Optional<CsvSource> part = parts.next(); part.isPresent(); part = parts.next()) {
                predict(part.get(), sink);
            }
        }
    }

    private void predict(CsvSource rows, PartSink sink) throws IOException {
        Table table = ensemble.competition().read(rows);
        sink.take(table, predicted(table));
    }

    private float[][] predicted(Table table) {
        try {
            return ensemble.predict(table, CompetitionRun.all(table.rows()));
        } catch (DataException e) {
            throw e;
        } catch (RuntimeException e) {
            // The rows were read as the competition wants them: a model that somebody changed does not fit itself, in one of countless ways.
            throw DataException.in("model", "its parts do not fit each other (" + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + "). Train the model again.", e);
        }
    }
}
