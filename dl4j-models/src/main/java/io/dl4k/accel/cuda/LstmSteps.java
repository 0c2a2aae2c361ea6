package io.dl4k.accel.cuda;

import static io.dl4k.accel.cuda.Plan.orNone;

import io.dl4k.accel.cuda.Device.Grid;
import io.dl4k.accel.program.LayerSpec;

/** LSTM, all its gates in one kernel a step. */
final class LstmSteps extends Recurrent {
    private static final int GATES = 4;

    private final LayerSpec.Lstm spec;
    private Tensor sums;
    private Tensor states;
    private Tensor carried;

    LstmSteps(LayerSpec.Lstm spec, Place place) {
        super(place, GATES, spec.out(), spec.weights(), spec.recurrent(), spec.bias(), spec.backward());
        this.spec = spec;
    }

    @Override Tensor begin(Tensor hidden) {
        sums = plan.tensor(GATES * steps * cells);
        // Inference forgets a step's cells in the next.
        states = plan.tensor(training ? steps * cells : cells);
        return sums;
    }

    private Tensor state(int t) {
        return training ? at(states, t, 1) : states;
    }

    private Object[] kinds() {
        return new Object[] {batch, out, spec.activation().kind().ordinal(), spec.activation().alpha(), spec.gate().kind().ordinal(), spec.gate().alpha()};
    }

    private void kernel(String name, Object... first) {
        Object[] kinds = kinds();
        Object[] all = java.util.Arrays.copyOf(first, first.length + kinds.length);
        System.arraycopy(kinds, 0, all, first.length, kinds.length);
        plan.kernel(name, Grid.elements(cells), all);
    }

    @Override void step(int number, int t, Tensor hidden) {
        kernel("lstm_step", at(sums, t, GATES), orNone(number == 0 ? null : state(time(number - 1))), state(t), at(hidden, t, 1));
    }

    @Override Tensor errors(Tensor g) {
        carried = plan.tensor(cells);
        return sums;
    }

    @Override void stepBack(int number, int t, Tensor hidden, Tensor g) {
        kernel("lstm_step_back", at(sums, t, GATES), orNone(number == 0 ? null : state(time(number - 1))), state(t), at(g, t, 1), carried, number == steps - 1 ? 1 : 0);
    }
}
