package io.dl4k.accel.onednn;

import io.dl4k.accel.program.Activation;
import io.dl4k.accel.program.LayerSpec;

/** LSTM: with the gates in DL4J's order candidate a, forget f, output o, input i, {@code c = f c' + i a; h = o act(c)}. */
final class LstmSteps extends Recurrent {
    private static final int CANDIDATE = 0;
    private static final int FORGET = 1;
    private static final int OUTPUT = 2;
    private static final int INPUT = 3;
    private static final int GATES = 4;

    private final Activation activation;
    private final Activation gate;
    /** Before the activations, [gate, time, batch, out]. */
    private Tensor sums;
    /** After them; the same memory where derivatives follow from outputs. The backward pass leaves its errors here. */
    private Tensor values;
    private Tensor cells;
    private Tensor active;

    LstmSteps(LayerSpec.Lstm spec, Place place) {
        super(place, GATES, spec.out(), spec.weights(), spec.recurrent(), spec.bias(), spec.backward());
        activation = spec.activation();
        gate = spec.gate();
    }

    private boolean inPlace() {
        return !training || activation.differentiableFromOutput() && gate.differentiableFromOutput();
    }

    @Override Tensor begin(Tensor hidden) {
        sums = plan.tensor(plan.scope.plain(GATES, steps, batch, out));
        values = inPlace() ? sums : plan.tensor(sums.desc);
        // Inference forgets a step's cells in the next.
        cells = plan.tensor(plan.scope.plain(training ? steps : 1, batch, out));
        active = activation.isIdentity() ? cells : plan.tensor(cells.desc);
        return sums;
    }

    private Activation of(int q) {
        return q == CANDIDATE ? activation : gate;
    }

    private Tensor cells(Part part, Tensor of, int t) {
        return part.at(of, 0, training ? t : 0);
    }

    @Override void steps(Part part, Tensor hidden) {
        boolean fused = inPlace();
        Part.Recurrence ofCandidate = part.new Recurrence(CANDIDATE, 1, fused ? activation : Activation.IDENTITY);
        Part.Recurrence ofGates = part.new Recurrence(FORGET, GATES - 1, fused ? gate : Activation.IDENTITY);
        Tensor share = part.scratch();
        for (int s = 0; s < steps; s++) {
            int t = time(s);
            if (s > 0) {
                Tensor before = part.at(hidden, 0, time(s - 1));
                ofCandidate.add(before, part.gatesAt(sums, CANDIDATE, 1, t));
                ofGates.add(before, part.gatesAt(sums, FORGET, GATES - 1, t));
            }
            for (int q = 0; q < GATES; q++) {
                if (s > 0 && fused) break;
                Tensor value = part.at(values, q, t);
                // An identity leaves nothing to do in place, and needs a copy elsewhere.
                if (of(q).isIdentity() && !fused) part.activate(new Activation(Activation.Kind.RELU, 1), part.at(sums, q, t), value);
                else part.activate(of(q), part.at(sums, q, t), value);
            }
            Tensor cell = cells(part, cells, t);
            Tensor a = part.at(values, CANDIDATE, t);
            Tensor i = part.at(values, INPUT, t);
            if (s == 0) {
                part.multiply(i, a, cell);
            } else {
                part.multiply(i, a, share);
                part.multiplyAdd(cells(part, cells, time(s - 1)), part.at(values, FORGET, t), share, cell);
            }
            part.activate(activation, cell, cells(part, active, t));
            part.multiply(part.at(values, OUTPUT, t), cells(part, active, t), part.at(hidden, 0, t));
        }
    }

    @Override Tensor errors(Tensor g) {
        return values;
    }

    @Override void backSteps(Part part, Tensor hidden, Tensor g) {
        Part.BackRecurrence recurrence = part.new BackRecurrence();
        Tensor error = part.scratch();
        Tensor carried = part.scratch();
        Tensor one = part.scratch();
        Tensor other = part.scratch();
        Tensor nothing = plan.pinned(error.desc);
        for (int s = steps - 1; s >= 0; s--) {
            int t = time(s);
            Tensor h = part.at(g, 0, t);
            Tensor a = part.at(values, CANDIDATE, t);
            Tensor f = part.at(values, FORGET, t);
            Tensor o = part.at(values, OUTPUT, t);
            Tensor i = part.at(values, INPUT, t);
            Tensor y = part.at(active, 0, t);
            // Error of the cells: through this step's output, and from the step after.
            part.multiply(h, o, error);
            if (!activation.isIdentity()) part.throughActivation(activation, part.at(cells, 0, t), y, error, error);
            if (s < steps - 1) part.add(error, carried, error);
            if (s > 0) part.multiply(error, f, carried);
            gate(part, OUTPUT, t, h, y, one);
            gate(part, FORGET, t, error, s > 0 ? part.at(cells, 0, time(s - 1)) : nothing, one);
            // Each needs the other as it was.
            part.multiply(error, i, other);
            gate(part, INPUT, t, error, a, one);
            through(part, CANDIDATE, t, other);
            if (s > 0) recurrence.add(values, t, part.at(g, 0, time(s - 1)));
        }
    }

    private void gate(Part part, int q, int t, Tensor error, Tensor factor, Tensor scratch) {
        part.multiply(error, factor, scratch);
        through(part, q, t, scratch);
    }

    private void through(Part part, int q, int t, Tensor error) {
        Tensor to = part.at(values, q, t);
        // Slope 1 on both sides: a copy.
        Activation a = of(q).isIdentity() ? new Activation(Activation.Kind.RELU, 1) : of(q);
        part.throughActivation(a, part.at(sums, q, t), to, error, to);
    }
}
