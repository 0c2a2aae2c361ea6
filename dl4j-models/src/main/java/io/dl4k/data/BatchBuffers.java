package io.dl4k.data;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of one batch, on the heap, where rows are written, and outside it, where networks read. Made once and used for batch after batch: nothing that the
 * collector or the native deallocator must chase is allocated per step. Arrays have exactly the batch's size, never a view of a larger one, since some layers of
 * Deeplearning4j read the whole buffer behind an array.
 */
final class BatchBuffers {
    final int count;
    final int steps;
    final float[] features;
    final float[] mask;     // null: no masks
    final float[] labels;   // null: no targets
    private final INDArray featuresArray;
    private final INDArray maskArray;
    private final INDArray labelsArray;
    private final INDArray labelsMaskArray;

    /** @param maskShape null: no masks  @param labelsShape null: no targets  @param labelsMasked whether targets have steps, masked like the features */
    @SuppressWarnings("try")
    BatchBuffers(int count, int steps, long[] featuresShape, long[] maskShape, long[] labelsShape, boolean labelsMasked) {
        this.count = count;
        this.steps = steps;
        // A workspace that the caller has open would take the memory back when it closes.
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            featuresArray = create(featuresShape);
            maskArray = create(maskShape);
            labelsArray = create(labelsShape);
            labelsMaskArray = labelsMasked ? create(maskShape) : null;
        }
        features = new float[Math.toIntExact(featuresArray.length())];
        mask = maskArray == null ? null : new float[Math.toIntExact(maskArray.length())];
        labels = labelsArray == null ? null : new float[Math.toIntExact(labelsArray.length())];
    }

    private static INDArray create(long[] shape) {
        return shape == null ? null : Nd4j.create(DataType.FLOAT, shape, 'c');
    }

    /** Copies the heap's side to where networks read. */
    void publish() {
        publish(features, featuresArray);
        publish(mask, maskArray);
        publish(labels, labelsArray);
        publish(mask, labelsMaskArray);
    }

    private static void publish(float[] values, INDArray array) {
        if (array == null) return;
        array.data().asNioFloat().put(values);
        Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);   // on a GPU: the device's copy is stale now
    }

    DataSet dataSet() {
        return new DataSet(featuresArray, labelsArray, maskArray, labelsMaskArray);
    }
}
