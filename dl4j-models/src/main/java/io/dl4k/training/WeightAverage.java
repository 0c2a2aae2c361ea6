package io.dl4k.training;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The running average that an {@link Averaging} asks for. */
abstract sealed class WeightAverage {

    static WeightAverage of(Averaging averaging) {
        if (averaging instanceof Averaging.Exponential exponential) {
            return new Moving(exponential.decay());
        }
        return new Window(((Averaging.LastEpochs) averaging).epochs());
    }

    /** Takes the weights in after a step. */
    abstract void afterStep(INDArray weights);

    /** Takes the weights in after an epoch. */
    abstract void afterEpoch(INDArray weights);

    /** {@return the average, not to be changed; null before there is one} */
    abstract INDArray average();

    /** {@return what it remembers beside numbers, to be read and not changed} */
    abstract List<INDArray> memory();

    /** Remembers this again. @param copies of what {@link #memory} gave, to be kept @param steps taken in before */
    abstract void remember(List<INDArray> copies, long steps);

    private static final class Moving extends WeightAverage {
        private final double decay;
        private INDArray average;
        private double decayed = 1;

        Moving(double decay) {
            this.decay = decay;
        }

        @Override
        void afterStep(INDArray weights) {
            decayed *= decay;
            // Weights decay^(n-i) over their sum (1 - decay^n) / (1 - decay), as a recursion; the first step counts fully.
            double share = (1 - decay) / (1 - decayed);
            if (average == null) {
                average = weights.dup();
            } else {
                average.muli(1 - share);
                Nd4j.getBlasWrapper().level1().axpy(weights.length(), share, weights, average);
            }
        }

        @Override
        void afterEpoch(INDArray weights) {
            // Taken in with the epoch's last step.
        }

        @Override
        INDArray average() {
            return average;
        }

        @Override
        List<INDArray> memory() {
            return average == null ? List.of() : List.of(average);
        }

        @Override
        void remember(List<INDArray> copies, long steps) {
            average = copies.get(0);
            decayed = 1;
            // As it came to be: a power rounds otherwise.
            for (long step = 0; step < steps; step++) {
                decayed *= decay;
            }
        }
    }

    private static final class Window extends WeightAverage {
        private final int size;
        private final Deque<INDArray> last = new ArrayDeque<>();
        private INDArray average;

        Window(int size) {
            this.size = size;
        }

        @Override
        void afterStep(INDArray weights) {
            // Only the ends of epochs count.
        }

        @Override
        void afterEpoch(INDArray weights) {
            if (last.size() == size) {
                last.addLast(last.removeFirst().assign(weights));
            } else {
                last.addLast(weights.dup());
            }
            sum();
        }

        /** Anew each epoch: adding the newest and subtracting the oldest would gather rounding errors. */
        private void sum() {
            if (average == null) {
                average = last.getFirst().like();
            }
            average.assign(0);
            for (INDArray each : last) {
                average.addi(each);
            }
            average.divi(last.size());
        }

        @Override
        INDArray average() {
            return average;
        }

        @Override
        List<INDArray> memory() {
            return List.copyOf(last);
        }

        @Override
        void remember(List<INDArray> copies, long steps) {
            last.addAll(copies);
            if (!last.isEmpty()) {
                sum();
            }
        }
    }
}
