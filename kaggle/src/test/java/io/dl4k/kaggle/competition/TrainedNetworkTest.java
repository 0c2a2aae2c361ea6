package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Table;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainedNetworkTest {
    private record Wide(int width) implements Encoder {
        @Override
        public BatchSource batches(Table table, int[] rows, int batchSize) {
            throw new UnsupportedOperationException("no rows are wanted");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 256", "784, 256", "8192, 256", "8193, 128", "60000, 32", "200000, 16", "2000000, 16"})
    void predictionBatch_wideRows_areFewer(int width, int rows) {
        assertEquals(rows, TrainedNetwork.predictionBatch(new Wide(width)));
        assertEquals(0, TrainedNetwork.PREDICTION_BATCH % rows, "parts of a file end where batches do");
    }
}
