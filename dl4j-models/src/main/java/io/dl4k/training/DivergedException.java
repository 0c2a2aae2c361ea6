package io.dl4k.training;

/** Training has left the range of numbers: a loss, a weight or an output is NaN or infinite. */
public final class DivergedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int epoch;
    private final int batch;
    private final double lastLoss;
    private final double learningRate;

    DivergedException(String message, int epoch, int batch, double lastLoss, double learningRate) {
        super(message);
        this.epoch = epoch;
        this.batch = batch;
        this.lastLoss = lastLoss;
        this.learningRate = learningRate;
    }

    /** {@return the epoch, from 1} */
    public int epoch() {
        return epoch;
    }

    /** {@return the batch of the epoch, from 1, at which it was found; the last one if found when the epoch had ended} */
    public int batch() {
        return batch;
    }

    /** {@return the loss of the last step that had a finite one; NaN if none had} */
    public double lastLoss() {
        return lastLoss;
    }

    /** {@return the learning rate of the step; NaN if the network's updaters have none} */
    public double learningRate() {
        return learningRate;
    }
}
