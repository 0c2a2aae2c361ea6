package io.dl4k.accel.check;

import io.dl4k.accel.program.NetSpec;
import io.dl4k.accel.program.Param;
import java.util.List;
import java.util.Random;

/** A network to run, with all that its result depends on.
 *
 *  @param name for people; no two alike
 *  @param net the network
 *  @param weights how each parameter of the layout is drawn, in its order
 *  @param state of the updaters at the start
 *  @param data batches
 *  @param steps of training, at least 1
 *  @param batches how many different ones take turns, at least 1
 *  @param longest L2 norm that the whole gradient is scaled down to; infinite for any */
record Case(String name, NetSpec net, List<Weights> weights, List<Fill> state, Data data, int steps, int batches, double longest) {
    private static final long SPREAD = 0xD1342543DE82EF95L;

    /** Normal numbers. */
    record Weights(double mean, double deviation) { }

    /** The same number so many times. */
    record Fill(long cells, float value) { }

    Case {
        weights = List.copyOf(weights);
        state = List.copyOf(state);
        if (weights.size() != net.layout().params().size()) throw new IllegalArgumentException(weights.size() + " drawings for " + net.layout().params().size() + " parameters");
        if (steps < 1 || batches < 1) throw new IllegalArgumentException(steps + " steps of " + batches + " batches");
    }

    /** The first weights. */
    float[] params() {
        float[] all = new float[Math.toIntExact(net.layout().length())];
        for (int k = 0; k < weights.size(); k++) {
            Param p = net.layout().params().get(k);
            Random random = new Random((k + 1) * SPREAD);
            for (long i = p.offset(); i < p.end(); i++) all[(int) i] = (float) (weights.get(k).mean() + weights.get(k).deviation() * random.nextGaussian());
        }
        return all;
    }

    /** The updaters' first state. */
    float[] states() {
        float[] all = new float[Math.toIntExact(state.stream().mapToLong(Fill::cells).sum())];
        int at = 0;
        for (Fill fill : state) {
            java.util.Arrays.fill(all, at, at + (int) fill.cells(), fill.value());
            at += (int) fill.cells();
        }
        return all;
    }

    /** The same network with another number of rows, as often trained. */
    Case rows(int batch) {
        return new Case(name, net, weights, state, data.rows(batch), steps, batches, longest);
    }

    Case steps(int n) {
        return new Case(name, net, weights, state, data, n, batches, longest);
    }
}
