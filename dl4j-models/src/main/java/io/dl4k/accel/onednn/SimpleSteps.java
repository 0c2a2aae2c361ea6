package io.dl4k.accel.onednn;

import io.dl4k.accel.program.Activation;
import io.dl4k.accel.program.LayerSpec;

/** {@code h = act(x W + h' RW + b)}. Where the derivative follows from the output, the sums are made where the output lies. */
final class SimpleSteps extends Recurrent {
    private final Activation activation;
    private Tensor sums;

    SimpleSteps(LayerSpec.SimpleRnn spec, Place place) {
        super(place, 1, spec.out(), spec.weights(), spec.recurrent(), spec.bias(), spec.backward());
        activation = spec.activation();
    }

    @Override Tensor begin(Tensor hidden) {
        sums = activation.differentiableFromOutput() ? hidden : plan.tensor(hidden.desc);
        return sums;
    }

    @Override void steps(Part part, Tensor hidden) {
        boolean fused = sums == hidden;
        Part.Recurrence recurrence = part.new Recurrence(0, 1, fused ? activation : Activation.IDENTITY);
        for (int s = 0; s < steps; s++) {
            int t = time(s);
            if (s > 0) recurrence.add(part.at(hidden, 0, time(s - 1)), part.gatesAt(sums, 0, 1, t));
            if (s == 0 || !fused) part.activate(activation, part.at(sums, 0, t), part.at(hidden, 0, t));
        }
    }

    @Override Tensor errors(Tensor g) {
        return g;
    }

    @Override void backSteps(Part part, Tensor hidden, Tensor g) {
        Part.BackRecurrence recurrence = part.new BackRecurrence();
        for (int s = steps - 1; s >= 0; s--) {
            int t = time(s);
            Tensor error = part.at(g, 0, t);
            if (!activation.isIdentity()) part.throughActivation(activation, part.at(sums, 0, t), part.at(hidden, 0, t), error, error);
            if (s > 0) recurrence.add(g, t, part.at(g, 0, time(s - 1)));
        }
    }
}
