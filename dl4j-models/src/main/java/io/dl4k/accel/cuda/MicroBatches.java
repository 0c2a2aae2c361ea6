package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Compiler;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Op;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A batch too large for the device's memory, computed in equal parts one after the other: outputs side by side, losses and gradients added up. The same
 *  numbers up to rounding, but for dropout's, which are drawn for each part. */
final class MicroBatches implements Kernels.Executable {
    /** Keeps the random numbers of a step's parts apart from those of the steps after it. */
    private static final long SPREAD = 0xBF58476D1CE4E5B9L;

    /** Binds a part's program. */
    interface Binding {
        /** @throws OutOfDeviceMemory if it does not fit either */
        Kernels.Executable bind(Program part);
    }

    private final Device device;
    private final Vectors vectors;
    private final Kernels.Executable part;
    private final int parts;
    private final boolean training;
    private final long features;
    private final long outputs;
    private final long sum;
    private final Device.Call first;
    private final Device.Call more;

    private MicroBatches(Device device, Vectors vectors, Program whole, Kernels.Executable part, int parts, long sum) {
        this.device = device;
        this.vectors = vectors;
        this.part = part;
        this.parts = parts;
        this.sum = sum;
        training = whole.training();
        features = whole.buffers().get(0).length() / parts * Float.BYTES;
        outputs = whole.buffers().get(whole.output()).length() / parts * Float.BYTES;
        first = training ? accumulate(whole, 1) : null;
        more = training ? accumulate(whole, 0) : null;
    }

    private Device.Call accumulate(Program whole, int begin) {
        float share = whole.net().divideByBatch() ? 1f / parts : 1;
        return device.kernel("accumulate", Device.Grid.elements(vectors.length()), vectors.gradient(0, vectors.length()).address(), sum, vectors.length(), share, begin);
    }

    /** The largest equal parts that fit.
     *
     *  @throws OutOfDeviceMemory {@code refusal} if none do, or if a part's results depend on the other parts, as batch normalisation's do in training */
    static Kernels.Executable bind(Device device, Vectors vectors, Program whole, OutOfDeviceMemory refusal, Binding binding) {
        if (whole.training()) {
            for (Op op : whole.forward()) if (op instanceof Op.BatchNorm b) throw new OutOfDeviceMemory("layer " + b.spec().mean().layer() + " normalises by the whole batch, which cannot be divided: ", refusal);
        }
        long sum = 0;
        try {
            if (whole.training()) sum = device.allocate(vectors.length() * Float.BYTES);
            for (int parts = 2; parts <= whole.batch(); parts++) {
                if (whole.batch() % parts != 0) continue;
                Kernels.Executable part;
                try {
                    part = binding.bind(part(whole, parts));
                } catch (OutOfDeviceMemory e) {
                    continue;
                }
                return new MicroBatches(device, vectors, whole, part, parts, sum);
            }
        } catch (OutOfDeviceMemory e) {
            // Not even one more vector fits.
        }
        if (sum != 0) device.free(sum);
        throw refusal;
    }

    private static Program part(Program whole, int parts) {
        Shape s = whole.buffers().get(0);
        Shape input = s.kind() == Shape.Kind.SEQUENCE ? Shape.sequence(s.a(), s.b() / parts, s.c()) : new Shape(s.kind(), s.a() / parts, s.b(), s.c(), s.d());
        return whole.training() ? Compiler.training(whole.net(), input, whole.masked(), whole.labelMasked()) : Compiler.inference(whole.net(), input, whole.masked());
    }

    private static float[] slice(float[] mask, int k, int parts) {
        return mask == null ? null : Arrays.copyOfRange(mask, mask.length / parts * k, mask.length / parts * (k + 1));
    }

    @Override public double run(Kernels.Feed feed) {
        return start(feed).value();
    }

    @Override public Kernels.Later start(Kernels.Feed feed) {
        List<Kernels.Later> scores = new ArrayList<>(parts);
        for (int k = 0; k < parts; k++) {
            scores.add(part.start(new Kernels.Feed(feed.features() + k * features, training ? feed.labels() + k * outputs : 0, slice(feed.featureMask(), k, parts), slice(feed.labelMask(), k, parts),
                    training ? 0 : feed.result() + k * outputs, feed.step() + k * SPREAD)));
            if (training) (k == 0 ? first : more).run();
        }
        if (training) device.copy(vectors.gradient(0, vectors.length()).address(), sum, vectors.length() * Float.BYTES);
        return () -> scores.stream().mapToDouble(Kernels.Later::value).sum();
    }

    @Override public long bytes() {
        return part.bytes() + (training ? vectors.length() * Float.BYTES : 0);
    }

    @Override public void close() {
        part.close();
        if (!training) return;
        first.close();
        more.close();
        device.free(sum);
    }
}
