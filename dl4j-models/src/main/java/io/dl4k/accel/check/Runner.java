package io.dl4k.accel.check;

import io.dl4k.accel.program.Compiler;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.NetSpec;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.FloatPointer;

/** A case on a device: the arrays outside the heap, the bound programs. Steps are those of {@code Accelerated}. */
final class Runner implements AutoCloseable {
    private static final int THREADS = 1;

    private final Case of;
    private final Kernels kernels;
    private final List<FloatPointer> arrays = new ArrayList<>();
    private final FloatPointer params;
    private final FloatPointer gradient;
    private final FloatPointer state;
    private final Kernels.Memory memory;
    private final Kernels.Update update;
    private Kernels.Executable training;

    /** @param kernels of this runner alone, which closes them */
    Runner(Case of, Kernels kernels) {
        this.of = of;
        this.kernels = kernels;
        params = array(of.params());
        gradient = array(new float[Math.toIntExact(of.net().layout().length())]);
        float[] states = of.states();
        state = states.length == 0 ? null : array(states);
        memory = new Kernels.Memory(params.address(), gradient.address(), state == null ? 0 : state.address());
        try {
            update = kernels.bind(of.net().update(), memory, THREADS);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private FloatPointer array(float[] values) {
        FloatPointer p = new FloatPointer(values);
        arrays.add(p);
        return p;
    }

    private static long address(FloatPointer p) {
        return p == null ? 0 : p.address();
    }

    /** The batch as programs see it. */
    static Shape input(NetSpec net, Data data) {
        List<Integer> f = data.features();
        long batch = f.get(0);
        return switch (net.input()) {
            case TABLE -> Shape.table(batch, f.get(1));
            case NCHW -> Shape.image(batch, f.get(1), f.get(2), f.get(3));
            case NHWC -> Shape.image(batch, f.get(3), f.get(1), f.get(2));
            case NCW -> Shape.sequence(f.get(2), batch, f.get(1));
            case NWC -> Shape.sequence(f.get(1), batch, f.get(2));
            case TOKENS -> Shape.sequence(f.get(f.size() - 1), batch, 1);
            case BY_RANK -> Shape.ofOutside(f.stream().mapToLong(Integer::longValue).toArray(), net.channelsLast());
        };
    }

    /** A batch outside the heap. */
    record Fed(Kernels.Feed feed, List<FloatPointer> arrays) implements AutoCloseable {
        @Override public void close() {
            arrays.forEach(FloatPointer::deallocate);
        }
    }

    /** @param step what dropout's numbers follow from */
    static Fed feed(Data.Batch batch, long result, long step) {
        FloatPointer x = new FloatPointer(batch.features());
        FloatPointer y = new FloatPointer(batch.labels());
        return new Fed(new Kernels.Feed(x.address(), result == 0 ? y.address() : 0, batch.featureMask(), result == 0 ? batch.labelMask() : null, result, step), List.of(x, y));
    }

    Kernels.Executable training() {
        if (training == null) training = kernels.bind(program(of.net(), of.data(), Asked.GRADIENT), memory, THREADS);
        return training;
    }

    Kernels.Executable bind(Asked asked) {
        return kernels.bind(program(of.net(), of.data(), asked), memory, THREADS);
    }

    /** What a program is asked for. */
    enum Asked { OUTPUT, LOSS, GRADIENT }

    static Program program(NetSpec net, Data data, Asked asked) {
        Shape input = input(net, data);
        boolean labelMasked = data.labelMask() != Data.Mask.NONE;
        return switch (asked) {
            case OUTPUT -> Compiler.inference(net, input, data.padded());
            case LOSS -> Compiler.training(net, input, data.padded(), labelMasked).forwardOnly();
            case GRADIENT -> Compiler.training(net, input, data.padded(), labelMasked);
        };
    }

    /** The network's output for a batch.
     *
     *  @param how runs it, once or often */
    float[] output(Data.Batch batch, Consumer<Runnable> how) {
        Program program = program(of.net(), of.data(), Asked.OUTPUT);
        float[] values = new float[Math.toIntExact(program.buffers().get(program.output()).length())];
        try (FloatPointer result = new FloatPointer(values); Fed fed = feed(batch, result.address(), 0); Kernels.Executable executable = kernels.bind(program, memory, THREADS)) {
            how.accept(() -> executable.run(fed.feed()));
            result.get(values);
        }
        return values;
    }

    /** Starts a batch's score; the gradient is left where the device has it. */
    Kernels.Later score(Kernels.Feed feed, int iteration) {
        update.disturb(feed.step());
        try {
            Kernels.Later loss = training().start(feed);
            Kernels.Later penalty = update.penalty(iteration, 0);
            return () -> loss.value() / of.data().batch() + penalty.value();
        } finally {
            update.calm();
        }
    }

    /** @return the score before it */
    Kernels.Later step(Kernels.Feed feed, int iteration) {
        Kernels.Later score = score(feed, iteration);
        update.apply(iteration, 0, of.longest());
        return score;
    }

    Kernels.Update update() {
        return update;
    }

    private static float[] values(FloatPointer from) {
        if (from == null) return new float[0];
        float[] values = new float[Math.toIntExact(from.capacity())];
        from.get(values);
        return values;
    }

    /** Runs it all. */
    Outcome run() {
        Data.Batch first = of.data().draw(0);
        Outcome.Cells output = Outcome.Cells.of(output(first, Runnable::run));
        double score;
        try (Fed fed = feed(first, 0, 1)) {
            score = score(fed.feed(), 0).value();
        }
        kernels.settle();
        Outcome.Cells g = Outcome.Cells.of(values(gradient));
        double[] scores = new double[of.steps()];
        for (int i = 0; i < scores.length; i++) {
            try (Fed fed = feed(of.data().draw(i % of.batches()), 0, i)) {
                scores[i] = step(fed.feed(), i).value();
            }
        }
        kernels.settle();
        return new Outcome(output, score, g, scores, Outcome.Cells.of(values(params)), Outcome.Cells.of(values(state)));
    }

    @Override public void close() {
        try {
            if (training != null) training.close();
        } finally {
            kernels.close();
            arrays.forEach(FloatPointer::deallocate);
        }
    }
}
