package io.dl4k.accel.cuda;

import static io.dl4k.accel.cuda.Plan.orNone;

import io.dl4k.accel.cuda.Device.Grid;
import io.dl4k.accel.program.LayerSpec;

/** LSTM, all its gates in one kernel a step; a small one all its steps in one kernel, which a GPU would else spend between calls. */
final class LstmSteps extends Recurrent {
    private static final int GATES = 4;
    /** As {@code kernels.cu} has it: their weights stay in the caches of each multiprocessor. */
    private static final int MOST_UNITS_AT_ONCE = 128;
    /** More rows are work enough for products. */
    private static final int MOST_ROWS_AT_ONCE = 512;
    /** Blocks that are wanted before rows share one. */
    private static final int BLOCKS = 64;
    private static final int MOST_ROWS_A_BLOCK = 4;
    /** {@code steps}: no LSTM in one kernel, to compare. */
    private static final String CHOICE = "dl4k.cuda.lstm";

    private final LayerSpec.Lstm spec;
    private Tensor sums;
    private Tensor states;
    private Tensor carried;
    private final boolean atOnce;
    private final int rows;

    LstmSteps(LayerSpec.Lstm spec, Place place) {
        super(place, GATES, spec.out(), spec.weights(), spec.recurrent(), spec.bias(), spec.backward());
        this.spec = spec;
        atOnce = out <= MOST_UNITS_AT_ONCE && batch <= MOST_ROWS_AT_ONCE && !"steps".equals(System.getProperty(CHOICE));
        int share = (batch + BLOCKS - 1) / BLOCKS;
        rows = share > 2 ? MOST_ROWS_A_BLOCK : share;
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

    private void allAtOnce(String name, Object... first) {
        Object[] shape = {steps, batch, out, backward ? 1 : 0, rows, spec.activation().kind().ordinal(), spec.activation().alpha(), spec.gate().kind().ordinal(), spec.gate().alpha()};
        Object[] all = java.util.Arrays.copyOf(first, first.length + shape.length);
        System.arraycopy(shape, 0, all, first.length, shape.length);
        plan.kernel(name, Grid.blocks((batch + rows - 1) / rows), all);
    }

    @Override boolean allSteps(Tensor recurrentWeights, Tensor hidden) {
        if (!atOnce) return false;
        Tensor turned = plan.tensor(recurrentWeights.length);
        plan.kernel("permute", Grid.elements(turned.length), recurrentWeights, turned, 1, 1, out, GATES * out, 0L, 0L, 1L, (long) out);
        allAtOnce("lstm_all", sums, turned, orNone(training ? states : null), hidden);
        return true;
    }

    @Override boolean allStepsBack(Tensor recurrentWeights, Tensor g) {
        if (atOnce) allAtOnce("lstm_all_back", sums, recurrentWeights, states, g);
        return atOnce;
    }

    @Override Tensor errors(Tensor g) {
        carried = plan.tensor(cells);
        return sums;
    }

    @Override void stepBack(int number, int t, Tensor hidden, Tensor g) {
        kernel("lstm_step_back", at(sums, t, GATES), orNone(number == 0 ? null : state(time(number - 1))), state(t), at(g, t, 1), carried, number == steps - 1 ? 1 : 0);
    }
}
