package io.dl4k.training;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * All that a training between two steps consists of: weights, updater state, counts by which schedule and random numbers go, the random generator itself,
 * what the epoch has come to so far, averages, and the best epoch with its weights. The order of rows and their augmentation need nothing: they are
 * functions of seed and epoch.
 */
public final class TrainingState {
    private static final int FORMAT = 1;
    /** No training has more; a damaged number asks for no memory. */
    private static final int MOST_EPOCHS = 1_000_000;
    private static final int MOST_VECTORS = 10_000;

    /**
     * Where in an epoch.
     *
     * @param epoch from 1
     * @param batch steps of it that are done, from 1
     * @param rows in these steps
     * @param lossOfRows sum of the losses of these rows
     * @param epochNanos since the epoch began
     */
    record Progress(int epoch, int batch, long rows, double lossOfRows, long epochNanos) {}

    /** @param steps of this training @param iterations of the network @param epochs of the network @param nanos since the training began */
    record Counts(long steps, int iterations, int epochs, long nanos) {}

    /** ND4J's generator of the training's thread. */
    record Generator(long seed, long root, long node) {
        static Generator now() {
            var random = Nd4j.getRandom();
            return new Generator(random.getSeed(), random.rootState(), random.nodeState());
        }

        void restore() {
            Nd4j.getRandom().setSeed(seed);
            Nd4j.getRandom().setStates(root, node);
        }
    }

    /** Of the best epoch: see {@link EarlyStopping}. */
    record Standing(int epoch, double score, double improved, int waited) {}

    /** Floats in a row: either an array that lives elsewhere, or what was read. */
    record Vector(long length, Optional<INDArray> array, List<float[]> parts) {
        /** Floats moved at once. */
        private static final int PART = 1 << 16;

        static Vector of(INDArray array) {
            return new Vector(array.length(), Optional.of(array), List.of());
        }

        static Vector read(DataInputStream in) throws IOException {
            long length = in.readLong();
            if (length < 0) {
                throw new IOException("a vector has " + length + " values");
            }
            List<float[]> parts = new ArrayList<>();
            // Memory is taken part by part, as the values come.
            byte[] bytes = new byte[PART * Float.BYTES];
            for (long at = 0; at < length; at += PART) {
                float[] part = new float[(int) Math.min(PART, length - at)];
                in.readFully(bytes, 0, part.length * Float.BYTES);
                ByteBuffer.wrap(bytes).asFloatBuffer().get(part);
                parts.add(part);
            }
            return new Vector(length, Optional.empty(), parts);
        }

        void write(DataOutputStream out) throws IOException {
            out.writeLong(length);
            ByteBuffer bytes = ByteBuffer.allocate(PART * Float.BYTES);
            for (long at = 0; at < length; at += PART) {
                float[] part = part(at);
                bytes.asFloatBuffer().put(part);
                out.write(bytes.array(), 0, part.length * Float.BYTES);
            }
        }

        private float[] part(long at) {
            if (array.isEmpty()) {
                return parts.get((int) (at / PART));
            }
            float[] part = new float[(int) Math.min(PART, length - at)];
            slice(array.get(), at, part.length).dup().data().asNioFloat().get(part);
            return part;
        }

        private static INDArray slice(INDArray all, long from, int length) {
            return all.reshape(all.length()).get(NDArrayIndex.interval(from, from + length));
        }

        void copyTo(INDArray target) {
            for (int p = 0; p < parts.size(); p++) {
                slice(target, (long) p * PART, parts.get(p).length).assign(Nd4j.createFromArray(parts.get(p)));
            }
        }

        INDArray copyLike(INDArray model) {
            INDArray copy = model.like();
            copyTo(copy);
            return copy;
        }
    }

    private final Progress progress;
    private final Counts counts;
    private final Generator random;
    private final double lastLoss;
    private final double learningRate;
    private final List<History.Epoch> history;
    private final Standing best;
    private final Vector parameters;
    private final Optional<Vector> updater;
    private final List<Vector> averages;
    private final Optional<Vector> bestWeights;

    TrainingState(Progress progress, Counts counts, Generator random, double lastLoss, double learningRate, List<History.Epoch> history, Standing best,
            Vector parameters, Optional<Vector> updater, List<Vector> averages, Optional<Vector> bestWeights) {
        this.progress = progress;
        this.counts = counts;
        this.random = random;
        this.lastLoss = lastLoss;
        this.learningRate = learningRate;
        this.history = history;
        this.best = best;
        this.parameters = parameters;
        this.updater = updater;
        this.averages = averages;
        this.bestWeights = bestWeights;
    }

    /** {@return steps trained} */
    public long steps() {
        return counts.steps();
    }

    Progress progress() {
        return progress;
    }

    Counts counts() {
        return counts;
    }

    Generator random() {
        return random;
    }

    double lastLoss() {
        return lastLoss;
    }

    double learningRate() {
        return learningRate;
    }

    List<History.Epoch> history() {
        return history;
    }

    Standing best() {
        return best;
    }

    Vector parameters() {
        return parameters;
    }

    Optional<Vector> updater() {
        return updater;
    }

    List<Vector> averages() {
        return averages;
    }

    Optional<Vector> bestWeights() {
        return bestWeights;
    }

    /** @throws IllegalArgumentException if this is the state of a training that can not have been this one */
    void requireFit(Network network, TrainingPlan plan, int batches) {
        long length = network.parameters().length();
        INDArray state = network.updater().getStateViewArray();
        boolean vectorsFit = parameters.length() == length && averages.stream().allMatch(each -> each.length() == length)
                && bestWeights.stream().allMatch(each -> each.length() == length)
                && updater.map(Vector::length).orElse(0L) == (state == null ? 0 : state.length());
        if (!vectorsFit) {
            throw new IllegalArgumentException("the state is of another network: it has " + parameters.length() + " parameters, this one " + length);
        }
        if (progress.epoch() > plan.epochs() || progress.batch() > batches) {
            throw new IllegalArgumentException("the state is of another plan: it is in epoch " + progress.epoch() + ", batch " + progress.batch() + ", this one ends with epoch "
                    + plan.epochs() + " of " + batches + " batches");
        }
    }

    /**
     * Writes the state; the same state gives the same bytes.
     *
     * @param to not closed
     * @throws IOException if writing fails
     */
    public void write(OutputStream to) throws IOException {
        DataOutputStream out = new DataOutputStream(to);
        out.writeInt(FORMAT);
        out.writeInt(progress.epoch());
        out.writeInt(progress.batch());
        out.writeLong(progress.rows());
        out.writeDouble(progress.lossOfRows());
        out.writeLong(progress.epochNanos());
        out.writeLong(counts.steps());
        out.writeInt(counts.iterations());
        out.writeInt(counts.epochs());
        out.writeLong(counts.nanos());
        out.writeLong(random.seed());
        out.writeLong(random.root());
        out.writeLong(random.node());
        out.writeDouble(lastLoss);
        out.writeDouble(learningRate);
        out.writeInt(history.size());
        for (History.Epoch epoch : history) {
            out.writeInt(epoch.number());
            out.writeDouble(epoch.trainingLoss());
            write(out, epoch.validationLoss());
            write(out, epoch.metric());
            out.writeDouble(epoch.learningRate());
            out.writeDouble(epoch.seconds());
            out.writeDouble(epoch.rowsPerSecond());
        }
        out.writeInt(best.epoch());
        out.writeDouble(best.score());
        out.writeDouble(best.improved());
        out.writeInt(best.waited());
        parameters.write(out);
        write(out, updater);
        out.writeInt(averages.size());
        for (Vector average : averages) {
            average.write(out);
        }
        write(out, bestWeights);
        out.flush();
    }

    private static void write(DataOutputStream out, OptionalDouble value) throws IOException {
        out.writeBoolean(value.isPresent());
        out.writeDouble(value.orElse(0));
    }

    private static void write(DataOutputStream out, Optional<Vector> vector) throws IOException {
        out.writeBoolean(vector.isPresent());
        if (vector.isPresent()) {
            vector.get().write(out);
        }
    }

    /**
     * Reads what {@link #write} wrote. Whether bytes were changed is for who keeps them to know.
     *
     * @param from not closed
     * @return the state
     * @throws IOException if reading fails, or it is no whole state of this version
     */
    public static TrainingState read(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(from);
        int format = in.readInt();
        if (format != FORMAT) {
            throw new IOException("it has format " + format + ", this version reads " + FORMAT);
        }
        Progress progress = new Progress(in.readInt(), in.readInt(), in.readLong(), in.readDouble(), in.readLong());
        Counts counts = new Counts(in.readLong(), in.readInt(), in.readInt(), in.readLong());
        Generator random = new Generator(in.readLong(), in.readLong(), in.readLong());
        double lastLoss = in.readDouble();
        double learningRate = in.readDouble();
        List<History.Epoch> history = new ArrayList<>();
        for (int left = count(in, MOST_EPOCHS); left > 0; left--) {
            history.add(new History.Epoch(in.readInt(), in.readDouble(), number(in), number(in), in.readDouble(), in.readDouble(), in.readDouble()));
        }
        Standing best = new Standing(in.readInt(), in.readDouble(), in.readDouble(), in.readInt());
        Vector parameters = Vector.read(in);
        Optional<Vector> updater = vector(in);
        List<Vector> averages = new ArrayList<>();
        for (int left = count(in, MOST_VECTORS); left > 0; left--) {
            averages.add(Vector.read(in));
        }
        return new TrainingState(progress, counts, random, lastLoss, learningRate, history, best, parameters, updater, averages, vector(in));
    }

    private static int count(DataInputStream in, int most) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > most) {
            throw new IOException("it counts " + count);
        }
        return count;
    }

    private static OptionalDouble number(DataInputStream in) throws IOException {
        boolean present = in.readBoolean();
        double value = in.readDouble();
        return present ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private static Optional<Vector> vector(DataInputStream in) throws IOException {
        return in.readBoolean() ? Optional.of(Vector.read(in)) : Optional.empty();
    }
}
