package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.LayerSpec;
import io.dl4k.accel.program.NetSpec;
import io.dl4k.accel.program.Precision;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.UpdatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An NVIDIA GPU. Parameters, gradient and updater state live there from the first run to {@link #settle}. Not thread-safe. */
public final class CudaKernels implements Kernels {
    private final Device device;
    private final Runnable end;
    private final Results results;
    private final List<CudaUpdate> updates = new ArrayList<>();
    private Memory memory;
    private Vectors vectors;

    CudaKernels(Device device) {
        this(device, device::close);
    }

    /** @param end of the device's use */
    private CudaKernels(Device device, Runnable end) {
        this.device = device;
        this.end = end;
        this.results = new Results(device);
    }

    /** Opens a GPU: creates its context, compiles the own kernels for it unless they were before. One that was closed before is used again.
     *
     *  @param ordinal CUDA's number of it in this process, from 0
     *  @param precision of products and convolutions
     *  @throws CudaException if the driver or a library reports an error
     *  @throws LinkageError if the driver or CUDA 13's libraries are not there
     *  @throws UnsupportedOperationException if this GPU is too old for them, or for the precision */
    public static Kernels open(int ordinal, Precision precision) {
        CudaDevice device = IdleDevices.take(ordinal, precision);
        try {
            return new CudaKernels(device, () -> IdleDevices.give(device));
        } catch (RuntimeException | Error e) {
            IdleDevices.give(device);
            throw e;
        }
    }

    @Override public String name() {
        return device.name();
    }

    @Override public Optional<String> refusal(NetSpec net) {
        List<String> foreign = net.layers().stream().filter(LayerSpec.Foreign.class::isInstance).map(l -> ((LayerSpec.Foreign) l).layer().name()).toList();
        return foreign.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", foreign) + ": no layer of DL4J's own can stand between those on a GPU");
    }

    @Override public boolean late() {
        return true;
    }

    @Override public Executable bind(Program program, Memory at, int threads) {
        refusal(program.net()).ifPresent(reason -> {
            throw new UnsupportedOperationException(reason);
        });
        Vectors bound = vectors(at, program.net().layout().length(), states(program.net().update()));
        // Its memory comes first: what does not fit is refused here, not in the middle of a step.
        updates.forEach(CudaUpdate::ready);
        try {
            return bind(program, bound);
        } catch (OutOfDeviceMemory e) {
            return MicroBatches.bind(device, bound, program, e, part -> bind(part, bound));
        }
    }

    private Executable bind(Program program, Vectors bound) {
        Plan plan = new Plan(device);
        Stage stage = null;
        try {
            stage = new Stage(device, program);
            new Binder(program, bound, stage, results, plan).bind();
            return new Bound(program, plan, stage, bound);
        } catch (RuntimeException | Error e) {
            plan.close();
            if (stage != null) stage.close();
            throw e;
        }
    }

    private static long states(UpdatePlan plan) {
        return plan.blocks().stream().mapToLong(b -> b.state() + b.length() * b.updater().states()).max().orElse(0);
    }

    /** Those of this memory; made when first asked for, by whoever knows how long they are. */
    Vectors vectors(Memory at, long length, long states) {
        if (!at.equals(memory)) {
            if (vectors != null) throw new IllegalStateException("other vectors are bound already");
            vectors = new Vectors(device, at, length, states);
            memory = at;
        }
        return vectors;
    }

    @Override public Update bind(UpdatePlan plan, Memory at, int threads) {
        CudaUpdate update = new CudaUpdate(plan, device, () -> vectors(at, plan.blocks().stream().mapToLong(b -> b.offset() + b.length()).max().orElse(0), states(plan)));
        updates.add(update);
        return update;
    }

    @Override public void settle() {
        if (vectors != null) vectors.settle();
    }

    /** Time on the GPU's own clock from before some work to after it, which is waited for.
     *
     *  @param work that asks this device, once or often
     *  @return milliseconds */
    public double milliseconds(Runnable work) {
        try (Device.Watch begin = device.watch(); Device.Watch end = device.watch()) {
            begin.set();
            work.run();
            end.set();
            device.synchronize();
            return end.millisecondsSince(begin);
        }
    }

    /** Asks for a program's own calls again, on the batch that it ran on last, without the copies to and fro and without waiting: what of a step is the GPU's.
     *
     *  @throws IllegalArgumentException if this device did not bind it, or only in parts */
    public void replay(Executable program) {
        if (!(program instanceof Bound bound)) throw new IllegalArgumentException("a program of another device, or one computed in parts");
        bound.plan.run();
    }

    @Override public void close() {
        try {
            updates.forEach(CudaUpdate::close);
            updates.clear();
            if (vectors != null) vectors.close();
            vectors = null;
            results.close();
        } finally {
            end.run();
        }
    }

    /** A program with its memory. */
    private final class Bound implements Executable {
        private final Program program;
        private final Plan plan;
        private final Stage stage;
        private final Vectors vectors;
        /** What tokens must be from, for a message. */
        private final int vocabulary;
        private final Flight[] flights = new Flight[Stage.SLOTS];
        private int next;

        Bound(Program program, Plan plan, Stage stage, Vectors vectors) {
            this.program = program;
            this.plan = plan;
            this.stage = stage;
            this.vectors = vectors;
            this.vocabulary = program.net().layers().stream().filter(LayerSpec.Embedding.class::isInstance).mapToInt(l -> ((LayerSpec.Embedding) l).vocabulary()).min().orElse(0);
        }

        @Override public double run(Feed feed) {
            return start(feed).value();
        }

        @Override public Later start(Feed feed) {
            int slot = next;
            next = (next + 1) % Stage.SLOTS;
            if (flights[slot] != null) flights[slot].land();
            vectors.read();
            stage.send(slot, feed);
            plan.run();
            Readback.Reading reading = results.fetch();
            if (program.training()) vectors.gradientChanged();
            else stage.fetch(slot);
            return flights[slot] = new Flight(slot, reading, feed.result());
        }

        /** A run whose results are on their way. */
        private final class Flight implements Later {
            private final int slot;
            private final Readback.Reading reading;
            private final long result;
            private boolean landed;

            Flight(int slot, Readback.Reading reading, long result) {
                this.slot = slot;
                this.reading = reading;
                this.result = result;
            }

            /** Takes the output from its place on the host, before another run's comes there. */
            void land() {
                if (landed) return;
                landed = true;
                if (!program.training()) stage.take(slot, result);
            }

            @Override public double value() {
                land();
                return program.mayRefuse() ? Results.score(reading, vocabulary) : Results.score(reading);
            }
        }

        @Override public long bytes() {
            return plan.bytes() + stage.bytes();
        }

        @Override public void close() {
            plan.close();
            stage.close();
        }
    }
}
