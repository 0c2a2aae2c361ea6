package io.dl4k.kaggle.explain;

import io.dl4k.diagnose.TimeGradients;
import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Activation;
import io.dl4k.models.Clipping;
import io.dl4k.models.Optimizer;
import io.dl4k.models.Rnn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Gradients that grow at each step back in time, and clipping. */
final class Exploding implements Topic {
    private static final int STEPS = 80;
    private static final int UNITS = 16;
    private static final int TRAINING_STEPS = 240;
    private static final int BATCH = 32;
    private static final int BATCHES = 8;
    private static final double RATE = 0.004;
    private static final double CLIP = 1;
    /** What the recurrent weights multiply a gradient by at each step back. */
    private static final double[] FACTORS = {0.9, 1, 1.1};
    private static final double TRAINED_FACTOR = 1;

    /** A training. @param losses of each step, up to the first that is not finite  @param norms of the gradient before clipping, before each of these steps */
    record Trained(List<Double> losses, List<Double> norms) {
        double last() {
            return losses.get(losses.size() - 1);
        }
    }

    /** What was found. @param throughTime gradient norms by time step, for each factor */
    record Found(List<TimeGradients> throughTime, Trained unclipped, Trained clipped) {
    }

    static Found find(long seed) {
        List<TimeGradients> throughTime = new ArrayList<>();
        for (double factor : FACTORS) {
            throughTime.add(TimeGradients.of(net(factor, Clipping.none(), seed), Sequences.means(BATCH, STEPS, seed)).get(0));
        }
        return new Found(throughTime, train(Clipping.none(), seed), train(Clipping.byGlobalNorm(CLIP), seed));
    }

    /** A plain recurrent network of linear units whose recurrent weights start as a multiple of the identity, as in Le, Jaitly and Hinton, 2015, arXiv:1504.00941. */
    private static MultiLayerNetwork net(double factor, Clipping clipping, long seed) {
        MultiLayerNetwork net = Rnn.features(1).simple(UNITS).activation(Activation.IDENTITY).lastStep().regression(1).optimizer(Optimizer.sgd(RATE)).clip(clipping).seed(seed).build();
        net.setParam("0_RW", Nd4j.eye(UNITS).mul(factor));
        return net;
    }

    private static Trained train(Clipping clipping, long seed) {
        MultiLayerNetwork net = net(TRAINED_FACTOR, clipping, seed);
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            batches.add(Sequences.means(BATCH, STEPS, seed + 1 + i));
        }
        Fit.Measured measured = Fit.measured(net, batches, TRAINING_STEPS);
        return new Trained(measured.losses(), measured.norms());
    }

    @Override
    public String name() {
        return "exploding";
    }

    @Override
    public String title() {
        return "Exploding gradients and clipping";
    }

    @Override
    public String summary() {
        return "A gradient that grows at each step back through a long sequence makes one update so large that training is lost; clipping bounds it.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        List<String> lines = new ArrayList<>();
        List<Plot.Series> through = new ArrayList<>();
        Plot.Tone[] tones = {Plot.Tone.THIRD, Plot.Tone.ACCENT, Plot.Tone.SECOND};
        for (int i = 0; i < FACTORS.length; i++) {
            TimeGradients one = found.throughTime().get(i);
            lines.add(String.format(Locale.ROOT, "recurrent weights that stretch by %.1f: gradient norm at step 1 is %.2g times that at step %d", FACTORS[i], one.firstToLast(), STEPS));
            through.add(Lesson.line("stretch " + FACTORS[i], tones[i], one.norms()));
        }
        Trained wild = found.unclipped();
        Trained tame = found.clipped();
        String without = String.format(Locale.ROOT, "without clipping: largest gradient norm %.1e, largest loss %.1e, %s", max(wild.norms()), max(wild.losses()),
                wild.losses().size() < TRAINING_STEPS ? "no longer a number from training step " + (wild.losses().size() + 1) + " on" : "last loss " + String.format(Locale.ROOT, "%.1e", wild.last()));
        String with = String.format(Locale.ROOT, "clipped to norm %.0f: largest gradient norm before clipping %.1e, loss %.3f -> %.3f after %d steps", CLIP, max(tame.norms()), tame.losses().get(0), mean(tame.losses()), tame.losses().size());
        lines.add(without);
        lines.add(with);
        return new Lesson(lines, List.of(
                new Lesson.Section("Through time", new Lesson.Words(String.format(Locale.ROOT, "A plain recurrent network reads %d numbers, one a step, and says one number at the end. Its loss's gradient flows back "
                        + "through the same recurrent weights once a step. If they stretch it, it grows like a power; if they shrink it, it fades (see vanishing).", STEPS)),
                        Lesson.Chart.of("Norm of the gradient by what was read at each time step, before any training. Logarithmic.", "time step", "gradient norm", Lesson.Scale.LOG_Y, through.toArray(Plot.Series[]::new))),
                new Lesson.Section("In training", new Lesson.Words(String.format(Locale.ROOT, "The same network, sequences and learning rate twice, with recurrent weights that stretch by %.0f, neither more nor less, at the start. Clipping scales the "
                        + "whole gradient down to norm %.0f where it is longer: same direction, bounded step.", TRAINED_FACTOR, CLIP)), new Lesson.Formula("if |g| > c:  g ← c · g / |g|"),
                        new Lesson.Pair(curves("Loss of each training step.", "loss", wild.losses(), tame.losses()), curves("Norm of the gradient, before clipping.", "gradient norm", wild.norms(), tame.norms())),
                        new Lesson.Words("W" + without.substring(1) + "."), new Lesson.Words("C" + with.substring(1) + "."))));
    }

    private static double max(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** Of the last batches once each. */
    static double mean(List<Double> losses) {
        return losses.subList(losses.size() - BATCHES, losses.size()).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static Lesson.Chart curves(String caption, String y, List<Double> wild, List<Double> tame) {
        return Lesson.Chart.of(caption, "training step", y, Lesson.Scale.LOG_Y, Lesson.line("without clipping", Plot.Tone.SECOND, wild), Lesson.line("clipped", Plot.Tone.ACCENT, tame));
    }
}
