package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Param;
import io.dl4k.accel.program.Shape;

/** One recurrent layer in one direction: the input's products of all steps at once, then a product and a kernel a step. Sums before the activations
 *  lie as [time, batch, gates, out]; the backward pass leaves their gradients there, of which the weights' are products over all steps. */
abstract class Recurrent {
    /** Where a layer stands: its plan, the flat vectors, its input [time, batch, in]. */
    record Place(Plan plan, Vectors vectors, boolean training, Tensor src, Shape shape) { }

    final Plan plan;
    final boolean training;
    final int steps;
    final int batch;
    final int out;
    /** Of one step. */
    final long cells;
    private final Vectors vectors;
    private final int in;
    private final int gates;
    private final Tensor src;
    private final Param weights;
    private final Param recurrent;
    private final Param bias;
    final boolean backward;
    private Tensor hidden;
    private Tensor sums;

    Recurrent(Place place, int gates, int out, Param weights, Param recurrent, Param bias, boolean backward) {
        this.plan = place.plan;
        this.vectors = place.vectors;
        this.training = place.training;
        this.src = place.src;
        this.steps = (int) place.shape.a();
        this.batch = (int) place.shape.b();
        this.in = (int) place.shape.c();
        this.gates = gates;
        this.out = out;
        this.cells = (long) batch * out;
        this.weights = weights;
        this.recurrent = recurrent;
        this.bias = bias;
        this.backward = backward;
    }

    /** Where the sums are made. */
    abstract Tensor begin(Tensor hidden);

    /** From the sums of step {@code t}, the {@code number}th to be computed, to its part of {@code hidden}. */
    abstract void step(int number, int t, Tensor hidden);

    /** From the output's gradient of step {@code t} to that of its sums. */
    abstract void stepBack(int number, int t, Tensor hidden, Tensor g);

    /** Where {@link #stepBack} leaves the gradient of the sums. */
    abstract Tensor errors(Tensor g);

    /** From the input's part of all sums to the output of all steps, where that is one call.
     *
     *  @return whether it is */
    boolean allSteps(Tensor recurrentWeights, Tensor hidden) {
        return false;
    }

    /** From the output's gradient of all steps to that of the sums, where that is one call.
     *
     *  @return whether it is */
    boolean allStepsBack(Tensor recurrentWeights, Tensor g) {
        return false;
    }

    /** The step that is computed as number {@code s}. */
    final int time(int s) {
        return backward ? steps - 1 - s : s;
    }

    /** Step {@code t} of a tensor with so many cells for each cell of the output. */
    final Tensor at(Tensor of, int t, int each) {
        return of.from(t * cells * each);
    }

    /** Adds the forward calls; returns the output [time, batch, out]. */
    final Tensor forward() {
        hidden = plan.tensor(steps * cells);
        sums = begin(hidden);
        plan.dense(src, vectors.param(weights), sums, (long) steps * batch, in, gates * out, vectors.param(bias), false, false);
        if (allSteps(vectors.param(recurrent), hidden)) return hidden;
        for (int s = 0; s < steps; s++) {
            int t = time(s);
            if (s > 0) plan.dense(at(hidden, time(s - 1), 1), vectors.param(recurrent), at(sums, t, gates), batch, out, gates * out, null, false, true);
            step(s, t, hidden);
        }
        return hidden;
    }

    /** Adds the backward calls; returns the gradient of the input, or null where nobody needs it. */
    final Tensor gradient(Tensor g, boolean needed) {
        Tensor errors = errors(g);
        boolean done = allStepsBack(vectors.param(recurrent), g);
        for (int s = steps - 1; s >= 0 && !done; s--) {
            int t = time(s);
            stepBack(s, t, hidden, g);
            if (s > 0) plan.denseData(at(errors, t, gates), vectors.param(recurrent), at(g, time(s - 1), 1), batch, out, gates * out, true);
        }
        long rows = (long) steps * batch;
        plan.denseWeights(src, errors, vectors.gradient(weights), rows, in, gates * out);
        if (steps == 1) {
            plan.zero(vectors.gradient(recurrent));
        } else {
            // The output of each step meets the errors of the step computed after it.
            plan.denseWeights(at(hidden, backward ? 1 : 0, 1), at(errors, backward ? 0 : 1, gates), vectors.gradient(recurrent), rows - batch, out, gates * out);
        }
        Binder.columnSums(plan, errors, vectors.gradient(bias), rows, gates * out);
        if (!needed) return null;
        Tensor dx = plan.tensor(rows * in);
        plan.denseData(errors, vectors.param(weights), dx, rows, in, gates * out, false);
        return dx;
    }
}
