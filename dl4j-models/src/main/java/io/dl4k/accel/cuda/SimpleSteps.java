package io.dl4k.accel.cuda;

import io.dl4k.accel.cuda.Device.Grid;
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
        sums = activation.differentiableFromOutput() ? hidden : plan.tensor(hidden.length);
        return sums;
    }

    @Override void step(int number, int t, Tensor hidden) {
        if (!activation.isIdentity() || sums != hidden) plan.kernel("activate", Grid.elements(cells), at(sums, t, 1), at(hidden, t, 1), cells, activation.kind().ordinal(), activation.alpha());
    }

    @Override Tensor errors(Tensor g) {
        return g;
    }

    @Override void stepBack(int number, int t, Tensor hidden, Tensor g) {
        if (activation.isIdentity()) return;
        Object x = sums == hidden ? (Object) 0L : at(sums, t, 1);
        plan.kernel("activate_back", Grid.elements(cells), x, at(hidden, t, 1), at(g, t, 1), cells, activation.kind().ordinal(), activation.alpha());
    }
}
