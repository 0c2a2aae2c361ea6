package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Rate;
import io.dl4k.accel.program.UpdatePlan;
import io.dl4k.accel.program.UpdaterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** From gradient to parameters. Rates and coefficients of a step go to the device in one copy. */
final class CudaUpdate implements Kernels.Update, AutoCloseable {
    /** Blocks that share the sum of one slice. */
    private static final int MOST_CHUNKS = 256;
    private static final long CELLS_A_CHUNK = 4096;

    /** One of this step's numbers. */
    private interface Number {
        double at(int iteration, int epoch);
    }

    private final UpdatePlan spec;
    private final Device device;
    private final Supplier<Vectors> made;
    private final List<Number> numbers = new ArrayList<>();
    private double longest;
    /** All else is made with the first use, when the vectors are known. */
    private Vectors vectors;
    private Numbers rates;
    private Numbers keys;
    private long sumsThere;
    private Readback sums;
    private final Plan shorten;
    private final Plan update;
    private final Plan penalties;
    private final Plan disturb;
    private final Plan calm;
    private long cleanThere;

    CudaUpdate(UpdatePlan spec, Device device, Supplier<Vectors> made) {
        this.spec = spec;
        this.device = device;
        this.made = made;
        shorten = new Plan(device);
        update = new Plan(device);
        penalties = new Plan(device);
        disturb = new Plan(device);
        calm = new Plan(device);
    }

    /** Makes all that was left until the vectors' length is known, by a program or else by this update.
     *
     *  @throws UnsupportedOperationException if the device has not the memory; this cannot be used then */
    void ready() {
        if (vectors != null) return;
        vectors = made.get();
        int most = 1 + 2 * spec.blocks().size() + spec.penalties().size() + spec.clips().size();
        rates = new Numbers(device, most);
        // The first is the bound on the whole gradient.
        Tensor bound = number((iteration, epoch) -> longest);
        bindShorten(bound);
        for (UpdatePlan.Clip clip : spec.clips()) bind(clip);
        for (UpdatePlan.Penalty penalty : spec.penalties()) bind(penalty);
        for (UpdatePlan.Block block : spec.blocks()) bind(block);
        bindPenalties();
        bindNoise();
        for (Plan plan : List.of(shorten, update, penalties, disturb, calm)) plan.allocate();
    }

    private Tensor number(Number value) {
        numbers.add(value);
        return rates.there(numbers.size() - 1L, 1);
    }

    private void send(int iteration, int epoch) {
        FloatPointer cells = rates.floats();
        for (int i = 0; i < numbers.size(); i++) cells.put(i, (float) numbers.get(i).at(iteration, epoch));
        rates.send();
    }

    private static int chunks(long length) {
        return (int) Math.max(1, Math.min(MOST_CHUNKS, length / CELLS_A_CHUNK));
    }

    private void bindShorten(Tensor bound) {
        int all = spec.gradients().stream().mapToInt(r -> chunks(r.length())).sum();
        if (all == 0) return;
        Tensor parts = shorten.tensor(2L * all);
        Tensor factor = shorten.tensor(1);
        long at = 0;
        for (UpdatePlan.Run run : spec.gradients()) {
            int n = chunks(run.length());
            shorten.kernel("norms", Device.Grid.blocks(n), vectors.gradient(run.offset(), run.length()), run.length(), parts.from(2 * at), n, 0);
            at += n;
        }
        shorten.kernel("clip_factor", Device.Grid.elements(1), parts, all, bound, factor, UpdatePlan.ClipKind.CLIP_NORM.ordinal());
        for (UpdatePlan.Run run : spec.gradients())
            shorten.kernel("scale_by", Device.Grid.elements(run.length()), vectors.gradient(run.offset(), run.length()), run.length(), factor);
    }

    private void bind(UpdatePlan.Clip clip) {
        Tensor g = vectors.gradient(clip.offset(), clip.length());
        if (clip.kind() == UpdatePlan.ClipKind.CLIP_VALUE) {
            update.kernel("clip_values", Device.Grid.elements(clip.length()), g, clip.length(), (float) clip.threshold());
            return;
        }
        int n = chunks(clip.length());
        Tensor parts = update.tensor(2L * n);
        Tensor factor = update.tensor(1);
        update.kernel("norms", Device.Grid.blocks(n), g, clip.length(), parts, n, 0);
        update.kernel("clip_factor", Device.Grid.elements(1), parts, n, number((iteration, epoch) -> clip.threshold()), factor, clip.kind().ordinal());
        update.kernel("scale_by", Device.Grid.elements(clip.length()), g, clip.length(), factor);
    }

    private void bind(UpdatePlan.Penalty penalty) {
        Rate rate = penalty.kind() == UpdatePlan.PenaltyKind.DECAY ? penalty.rate() : null;
        Tensor c = number((iteration, epoch) -> penalty.coefficient().at(iteration, epoch) * (rate == null ? 1 : rate.at(iteration, epoch)));
        update.kernel("penalise", Device.Grid.elements(penalty.param().length()), vectors.param(penalty.param()), vectors.gradient(penalty.param()), penalty.param().length(), c,
                penalty.kind().ordinal());
    }

    private void bind(UpdatePlan.Block b) {
        Device.Grid grid = Device.Grid.elements(b.length());
        Tensor p = vectors.params(b.offset(), b.length());
        Tensor g = vectors.gradient(b.offset(), b.length());
        Tensor s = b.updater().states() == 0 ? null : vectors.state(b.state(), b.length() * b.updater().states());
        UpdaterSpec u = b.updater();
        if (u instanceof UpdaterSpec.None) {
            update.kernel("subtract", grid, p, g, b.length());
        } else if (u instanceof UpdaterSpec.Sgd sgd) {
            update.kernel("sgd", grid, p, g, b.length(), number(sgd.lr()::at));
        } else if (u instanceof UpdaterSpec.Nesterovs nesterovs) {
            Tensor rate = number(nesterovs.lr()::at);
            number(nesterovs.momentum()::at);
            update.kernel("nesterovs", grid, p, g, s, b.length(), rate);
        } else if (u instanceof UpdaterSpec.Adam adam) {
            Tensor rate = number((iteration, epoch) -> {
                int t = iteration + 1;
                double alpha = adam.lr().at(iteration, epoch) * Math.sqrt(1 - Math.pow(adam.beta2(), t)) / (1 - Math.pow(adam.beta1(), t));
                // DL4J's guard for a rate that is gone.
                return Double.isNaN(alpha) || alpha == 0 ? adam.epsilon() : alpha;
            });
            update.kernel("adam", grid, p, g, s, s.from(b.length()), b.length(), rate, (float) adam.beta1(), (float) (1 - adam.beta1()), (float) adam.beta2(), (float) (1 - adam.beta2()),
                    (float) adam.epsilon());
        } else if (u instanceof UpdaterSpec.RmsProp rms) {
            update.kernel("rmsprop", grid, p, g, s, b.length(), number(rms.lr()::at), (float) rms.decay(), (float) (1 - rms.decay()), (float) rms.epsilon());
        } else if (u instanceof UpdaterSpec.AdaGrad ada) {
            update.kernel("adagrad", grid, p, g, s, b.length(), number(ada.lr()::at), (float) ada.epsilon());
        } else {
            throw new UnsupportedOperationException("updater " + u);
        }
    }

    /** The score's part, of the parameters as they are when the gradient is asked for. */
    private void bindPenalties() {
        int n = spec.penalties().size();
        if (n == 0) return;
        sumsThere = device.allocate((long) n * Double.BYTES);
        sums = new Readback(device, sumsThere, n);
        for (int i = 0; i < n; i++) {
            UpdatePlan.Penalty penalty = spec.penalties().get(i);
            int chunks = chunks(penalty.param().length());
            Tensor parts = penalties.tensor(2L * chunks);
            penalties.kernel("norms", Device.Grid.blocks(chunks), vectors.param(penalty.param()), penalty.param().length(), parts, chunks, penalty.kind() == UpdatePlan.PenaltyKind.L1 ? 1 : 0);
            penalties.kernel("sum_doubles", Device.Grid.blocks(1), parts, (long) chunks, Plan.external(sumsThere + (long) i * Double.BYTES, 2));
        }
    }

    private void bindNoise() {
        int n = spec.noises().size();
        if (n == 0) return;
        keys = new Numbers(device, 2 * n);
        cleanThere = device.allocate(spec.noises().stream().mapToLong(noise -> noise.param().length()).sum() * Float.BYTES);
        long at = cleanThere;
        for (int i = 0; i < n; i++) {
            UpdatePlan.Noise noise = spec.noises().get(i);
            long length = noise.param().length();
            Tensor kept = Plan.external(at, length);
            at += length * Float.BYTES;
            Tensor w = vectors.param(noise.param());
            disturb.copy(w, kept);
            disturb.kernel("noise", Device.Grid.elements(length), w, kept, length, (float) noise.mean(), (float) noise.deviation(), noise.additive() ? 1 : 0,
                    keys.there(2L * i, 2));
            calm.copy(kept, w);
        }
    }

    @Override public Kernels.Later penalty(int iteration, int epoch) {
        if (spec.penalties().isEmpty()) return () -> 0;
        ready();
        vectors.read();
        penalties.run();
        Readback.Reading reading = sums.fetch();
        double[] coefficients = new double[spec.penalties().size()];
        for (int i = 0; i < coefficients.length; i++) {
            UpdatePlan.Penalty penalty = spec.penalties().get(i);
            coefficients[i] = penalty.coefficient().at(iteration, epoch) * (penalty.kind() == UpdatePlan.PenaltyKind.L1 ? 1 : 0.5);
        }
        return () -> {
            double sum = 0;
            for (int i = 0; i < coefficients.length; i++) sum += coefficients[i] * reading.get(i);
            return sum;
        };
    }

    @Override public void disturb(long seed) {
        if (spec.noises().isEmpty()) return;
        ready();
        vectors.read();
        IntPointer cells = keys.ints();
        for (int i = 0; i < spec.noises().size(); i++) Keys.put(cells, 2 * i, i, seed);
        keys.send();
        disturb.run();
    }

    @Override public void calm() {
        if (!spec.noises().isEmpty()) calm.run();
    }

    @Override public void apply(int iteration, int epoch, double bound) {
        ready();
        longest = bound;
        send(iteration, epoch);
        if (bound < Double.POSITIVE_INFINITY) shorten.run();
        update.run();
        vectors.paramsChanged();
    }

    @Override public void close() {
        for (Plan plan : List.of(shorten, update, penalties, disturb, calm)) plan.close();
        if (rates != null) rates.close();
        if (keys != null) keys.close();
        if (sums != null) sums.close();
        for (long there : new long[] {sumsThere, cleanThere}) if (there != 0) device.free(there);
    }
}
