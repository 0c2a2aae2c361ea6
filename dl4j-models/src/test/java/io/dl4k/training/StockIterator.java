package io.dl4k.training;

import io.dl4k.data.BatchSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** The rows as DL4J's own {@code fit} takes them. */
final class StockIterator implements DataSetIterator {

    private static final long serialVersionUID = 1L;

    private final transient List<DataSet> batches = new ArrayList<>();
    private transient Iterator<DataSet> left;

    StockIterator(BatchSource source) {
        try (BatchSource.Cursor cursor = source.open(0)) {
            for (DataSet batch = cursor.next(); batch != null; batch = cursor.next()) {
                batches.add(batch);
            }
        }
        reset();
    }

    @Override
    public DataSet next(int rows) {
        throw new UnsupportedOperationException("batches have their own size");
    }

    @Override
    public int inputColumns() {
        return batches.get(0).numInputs();
    }

    @Override
    public int totalOutcomes() {
        return batches.get(0).numOutcomes();
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public void reset() {
        left = batches.iterator();
    }

    @Override
    public int batch() {
        return batches.get(0).numExamples();
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        throw new UnsupportedOperationException("rows are as they are");
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return null;
    }

    @Override
    public List<String> getLabels() {
        return null;
    }

    @Override
    public boolean hasNext() {
        return left.hasNext();
    }

    @Override
    public DataSet next() {
        return left.next();
    }
}
