package io.dl4k.training;

import io.dl4k.data.BatchSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * A network's outputs in evaluation mode (no dropout, batch norm by its gathered statistics), batch by batch, in float32 whatever it was trained in.
 *
 * <p>One {@code float[]} a row, in the order of the source's epoch 0, which is the order of its rows if it was made without a
 * shuffle. Outputs {@code [batch, columns]} give rows of {@code columns} values. Outputs with more axes are flattened in C order:
 * of a sequence {@code [batch, columns, time]}, column {@code c} at time {@code t} is at {@code c * time + t}, with whatever the
 * network gives at masked times; rows of different batches then differ in length if their times do.
 */
public final class Predictor {

    private Predictor() {}

    /**
     * Predicts all rows.
     *
     * @param net a MultiLayerNetwork, or a ComputationGraph with one input and one output
     * @param rows features, and masks where the network needs them; labels are not used
     * @return {@code [rows][outputs]}
     * @throws IllegalArgumentException if the network is of another kind or not initialised
     */
    public static float[][] predict(Model net, BatchSource rows) {
        List<float[]> outputs = new ArrayList<>(rows.rows());
        predict(net, rows, outputs::add);
        return outputs.toArray(new float[0][]);
    }

    /**
     * Predicts all rows, holding no more than a batch of them.
     *
     * @param net a MultiLayerNetwork, or a ComputationGraph with one input and one output
     * @param rows features, and masks where the network needs them; labels are not used
     * @param sink takes each row's outputs, in order; the array is its own
     * @throws IllegalArgumentException if the network is of another kind or not initialised
     */
    public static void predict(Model net, BatchSource rows, Consumer<float[]> sink) {
        try (StepEngine engine = StepEngine.of(Network.of(net))) {
            predict(engine, rows, sink);
        }
    }

    /** The same by an engine. */
    static void predict(StepEngine engine, BatchSource rows, Consumer<float[]> sink) {
        try (BatchSource.Cursor cursor = rows.open(0)) {
            int predicted = 0;
            Supplier<INDArray> before = null;
            for (DataSet batch = cursor.next(); batch != null; batch = cursor.next()) {
                Supplier<INDArray> outputs = engine.beginOutput(batch);
                if (!engine.late()) {
                    predicted += hand(outputs.get(), sink);
                    continue;
                }
                // While the device works on this batch, the last one's outputs are taken and the next one is made.
                if (before != null) {
                    predicted += hand(before.get(), sink);
                }
                before = outputs;
            }
            if (before != null) {
                predicted += hand(before.get(), sink);
            }
            if (predicted != rows.rows()) {
                throw new IllegalStateException("the source names " + rows.rows() + " rows but gave " + predicted);
            }
        }
    }

    /** {@return how many rows that were} */
    private static int hand(INDArray outputs, Consumer<float[]> sink) {
        float[][] rows = rows(outputs);
        for (float[] row : rows) {
            sink.accept(row);
        }
        return rows.length;
    }

    /** {@return one array an example, further axes flattened in C order} */
    static float[][] rows(INDArray outputs) {
        // One copy of all. ND4J's toFloatMatrix makes an array for every row, and JavaCPP asks the system for the process's memory each time.
        float[] all = outputs.castTo(DataType.FLOAT).dup('c').data().asFloat();
        float[][] rows = new float[(int) outputs.size(0)][];
        int width = all.length / rows.length;
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(all, row * width, (row + 1) * width);
        }
        return rows;
    }
}
