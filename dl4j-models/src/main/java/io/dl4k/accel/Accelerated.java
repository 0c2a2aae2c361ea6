package io.dl4k.accel;

import io.dl4k.accel.onednn.OneDnnKernels;
import io.dl4k.accel.program.Compiler;
import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.LayerSpec;
import io.dl4k.accel.program.NetSpec;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.Shape;
import io.dl4k.models.GlobalNormClipping;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.deeplearning4j.optimize.listeners.CollectScoresListener;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.deeplearning4j.optimize.listeners.TimeIterationListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** A stock network, trained and asked much faster than {@code fit} and {@code output} do it, with the same result.
 *  <pre>{@code
 *  try (Accelerated fast = Accelerated.of(net).orElseThrow()) {
 *      for (DataSet batch : batches) fast.step(batch);      // instead of net.fit(batch)
 *  }
 *  net.save(file);                                          // net itself was trained
 *  }</pre>
 *  <p>Parameters, updater state and iteration count are the network's own, so stock calls can be mixed in at any time; on a GPU, which keeps
 *  parameters and state between steps, after {@link #settle()}. The same seed, batches and number of threads give the same bytes. A layer without a fast equal is computed by DL4J between the others; {@link #stockLayers()} says why.
 *  A step that cannot be accelerated (an unusual mask, a listener that wants to see activations) is handed to {@code fit}; {@link #fallbacks()}
 *  says why. Dropout draws its own random numbers: the same rate as stock, other cells.
 *  <p>Not thread-safe. Holds memory outside the heap until closed. */
public final class Accelerated implements AutoCloseable {
    /** Programs of so many batch shapes are kept: train and test batches, with the odd last one of each. */
    private static final int KEPT_PROGRAMS = 8;
    private static final int PROFILED_RUNS = 50;
    private static final int MOST_UNDER_WAY = 2;
    /** Listeners of DL4J's that look at nothing but the score. */
    private static final Set<Class<?>> LOOK_AT_SCORE = Set.of(ScoreIterationListener.class, CollectScoresIterationListener.class, CollectScoresListener.class, TimeIterationListener.class);
    /** Keeps the random numbers of neighbouring seeds apart. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** What {@link #attempt} found: an accelerated network, or reasons, one a line, why there is none. */
    public record Attempt(Optional<Accelerated> accelerated, List<String> reasons) { }

    /** What a program is asked for. */
    private enum Question {
        OUTPUT, LOSS, GRADIENT
    }

    private record Key(Shape input, Question question, boolean masked, boolean labelMasked) { }

    /** A bound program and the staging arrays for features and labels that are not dense rows already. */
    private static final class Entry {
        final Program program;
        final Kernels.Executable executable;
        INDArray features;
        INDArray labels;
        float[] mask;
        float[] labelMask;

        Entry(Program program, Kernels.Executable executable) {
            this.program = program;
            this.executable = executable;
        }
    }

    private final Stock net;
    private final NetSpec spec;
    private final List<StockLayers> stock;
    private final List<String> stockLayers;
    private final NativeOps natives = NativeOpsHolder.getInstance().getDeviceNativeOps();
    private final Map<Key, Entry> programs = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<String> fallbacks = new LinkedHashSet<>();
    private final Set<String> passedOver = new LinkedHashSet<>();
    private final boolean constrained;
    private final Deque<Begun> underWay = new ArrayDeque<>();
    private Supplier<Kernels> device;
    private int threads;
    private long random;
    private Kernels kernels;
    /** What {@link #memory} is the address of: what is bound to it must not be freed before. */
    private List<INDArray> vectors = List.of();
    private Kernels.Update update;
    private Kernels.Memory memory;

    private Accelerated(Stock net, NetReader.Reading reading, Supplier<Kernels> device) {
        this.net = net;
        this.spec = reading.spec();
        this.stock = reading.spec().layers().stream().filter(LayerSpec.Foreign.class::isInstance).map(l -> (StockLayers) ((LayerSpec.Foreign) l).layer()).toList();
        this.stockLayers = reading.stockLayers();
        this.random = spec.seed() * SPREAD;
        this.constrained = net.nodes().stream().anyMatch(n -> n.conf() != null && n.conf().getConstraints() != null && !n.conf().getConstraints().isEmpty());
        this.device = device != null ? device : this::processor;
        this.kernels = open();
        this.threads = Runtime.getRuntime().availableProcessors();
    }

    /** Tries to accelerate a network.
     *
     *  @param model a MultiLayerNetwork, or a ComputationGraph with one input and one output; initialised, float parameters on the CPU
     *  @throws IllegalArgumentException if it is of another kind */
    public static Attempt attempt(Model model) {
        return attempt(model, null);
    }

    /** The same on another device. What that refuses is computed on the processor; {@link #fallbacks()} says why.
     *
     *  @param device opens it; called again when the network's arrays are replaced; null for the processor */
    public static Attempt attempt(Model model, Supplier<Kernels> device) {
        Stock net = Stock.of(model);
        NetReader.Reading reading = NetReader.read(net);
        if (reading.spec() == null) return new Attempt(Optional.empty(), reading.reasons());
        if (!Nd4j.getExecutioner().getClass().getSimpleName().equals("NativeOpExecutioner"))
            return new Attempt(Optional.empty(), List.of("ND4J's backend is not the CPU"));
        try {
            return new Attempt(Optional.of(new Accelerated(net, reading, device)), List.of());
        } catch (LinkageError e) {
            return new Attempt(Optional.empty(), List.of("oneDNN is not available on this platform: " + e.getMessage()));
        }
    }

    /** What a network computes, as devices are told; empty where {@link #attempt} gives reasons.
     *
     *  @throws IllegalArgumentException as {@link #attempt} */
    public static Optional<NetSpec> specification(Model model) {
        return Optional.ofNullable(NetReader.read(Stock.of(model)).spec());
    }

    /** The accelerated network, or empty if something in it has no fast equal; {@link #attempt} says what. */
    public static Optional<Accelerated> of(Model net) {
        return attempt(net).accelerated();
    }

    /** What cannot be opened is left to the processor. */
    private Kernels open() {
        Kernels opened;
        try {
            opened = device.get();
        } catch (RuntimeException | LinkageError e) {
            passOver("the device cannot be opened: " + e.getMessage());
            return device.get();
        }
        Optional<String> refusal = opened.refusal(spec);
        if (refusal.isEmpty()) return opened;
        opened.close();
        passOver(refusal.get());
        return device.get();
    }

    /** Leaves the device for the processor, for good. */
    private void passOver(String reason) {
        fallbacks.add(reason);
        passedOver.add(reason);
        device = this::processor;
    }

    private Kernels processor() {
        return new OneDnnKernels(natives::setOmpNumThreads);
    }

    /** The network this trains. */
    public Model network() {
        return net.model();
    }

    /** Layers that DL4J itself computes between the accelerated ones, in every step, each with the reason; empty if there is none. */
    public List<String> stockLayers() {
        return stockLayers;
    }

    /** Why steps were handed to stock DL4J, each reason once; empty if none was. */
    public List<String> fallbacks() {
        return List.copyOf(fallbacks);
    }

    /** Why the processor computes what another device was to, each reason once; what is known of the network alone as soon as this is made. Empty if the device does. */
    public List<String> passedOver() {
        return List.copyOf(passedOver);
    }

    /** Most threads to use; what is too small to divide uses one whatever this says.
     *
     *  @param n at least 1; the default is the number of processors
     *  @throws IllegalArgumentException if below 1 */
    public Accelerated threads(int n) {
        if (n < 1) throw new IllegalArgumentException("threads must be at least 1, got " + n);
        if (n != threads) release();
        threads = n;
        return this;
    }

    /** Draws dropout masks and weight noise by this number and the iteration; by the network's own seed if never called. The own seed of a
     *  graph made from layers in a row is another in each process.
     *
     *  @param n any number */
    public Accelerated seed(long n) {
        random = n * SPREAD;
        return this;
    }

    /** Bytes outside the heap held for all batch shapes seen; parameters and updater state not counted. */
    public long bytes() {
        return programs.values().stream().mapToLong(e -> e.executable.bytes()).sum();
    }

    /** Brings the network's parameters, updater state and gradient up to date, as stock calls and others who read or write them need it, where
     *  a device keeps its own between steps; a step reads again what is written after this. Listeners see the network up to date anyway. */
    public void settle() {
        landAll();
        kernels.settle();
    }

    /** Fits one batch, as {@code net.fit(batch)} does: one update, one iteration, listeners told.
     *
     *  @return the score, as {@code net.score()} has it: mean loss of the batch plus penalties */
    public double step(DataSet batch) {
        return begin(batch).getAsDouble();
    }

    /** Whether {@link #begin} and {@link #beginOutput} return before what they begin is done: on a GPU, not on the processor. */
    public boolean late() {
        return kernels.late();
    }

    /** Begins to fit one batch. Where the device works by itself, returns before it is done: two steps may be under way, a third waits for the first. The batch may be
     *  changed afterwards. What must be seen in between makes the step wait: a listener that looks at the network (one that looks at its score alone is told when that is
     *  known), constraints, tokens and padding that the device must check first.
     *
     *  @return the score, as {@link #step} returns it; asking waits for it. {@link #settle} waits for all */
    public DoubleSupplier begin(DataSet batch) {
        String reason = unusual(batch);
        if (reason != null) return known(stock(batch, reason));
        Entry entry;
        int usual = natives.ompGetMaxThreads();
        try {
            makeRoom();
            entry = training(batch, Question.GRADIENT);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            natives.setOmpNumThreads(usual);
            return known(stock(batch, e.getMessage()));
        }
        int iteration = net.iteration();
        int epoch = net.epoch();
        Step step;
        try {
            Kernels.Later loss = disturbed(entry, batch, random + iteration);
            step = new Step(loss, update.penalty(iteration, epoch), entry.program.batch(), iteration, epoch);
            if (!kernels.late() || entry.program.mayRefuse()) {
                landAll();
                step.land();
            }
            update.apply(iteration, epoch, longestGradient());
        } catch (UnsupportedOperationException e) {
            // The values themselves asked for something else; nothing was updated yet.
            natives.setOmpNumThreads(usual);
            return known(stock(batch, e.getMessage()));
        } finally {
            natives.setOmpNumThreads(usual);
        }
        underWay.add(step);
        tell(step, batch);
        net.setIteration(iteration + 1);
        if (constrained) {
            settle();
            net.model().applyConstraints(iteration + 1, epoch);
        }
        return step;
    }

    private static DoubleSupplier known(double score) {
        return () -> score;
    }

    /** Listeners that look at the network are told at once, all others when the score is known. */
    private void tell(Step step, DataSet batch) {
        Collection<TrainingListener> listeners = net.listeners();
        if (listeners.isEmpty()) return;
        boolean late = true;
        for (TrainingListener listener : listeners) {
            TrainingListener heard = Every.heard(listener, step.iteration);
            late &= heard == null || heard instanceof GlobalNormClipping || LOOK_AT_SCORE.contains(heard.getClass());
        }
        if (late && kernels.late()) {
            step.told = List.copyOf(listeners);
            return;
        }
        landUpTo(step);
        net.show(batch);
        if (!listeners.stream().allMatch(GlobalNormClipping.class::isInstance)) settle();
        for (TrainingListener listener : listeners) listener.iterationDone(net.model(), step.iteration, step.epoch);
    }

    /** What was begun and is to be asked for. */
    private abstract static class Begun {
        private boolean landed;

        /** Waits for it. */
        final void land() {
            if (landed) return;
            landed = true;
            arrive();
        }

        abstract void arrive();
    }

    private final class Step extends Begun implements DoubleSupplier {
        private final Kernels.Later loss;
        private final Kernels.Later penalty;
        private final int batch;
        private final int iteration;
        private final int epoch;
        private List<TrainingListener> told = List.of();
        private double score;

        Step(Kernels.Later loss, Kernels.Later penalty, int batch, int iteration, int epoch) {
            this.loss = loss;
            this.penalty = penalty;
            this.batch = batch;
            this.iteration = iteration;
            this.epoch = epoch;
        }

        @Override void arrive() {
            score = loss.value() / batch + penalty.value();
            net.setScore(score);
            for (TrainingListener listener : told) listener.iterationDone(net.model(), iteration, epoch);
        }

        @Override public double getAsDouble() {
            landUpTo(this);
            return score;
        }
    }

    /** In the order in which they were begun. */
    private void landUpTo(Begun last) {
        while (!last.landed) {
            Begun first = underWay.poll();
            (first == null ? last : first).land();
        }
    }

    /** A device has places for two runs. */
    private void makeRoom() {
        while (underWay.size() >= MOST_UNDER_WAY) underWay.poll().land();
    }

    private void landAll() {
        while (!underWay.isEmpty()) underWay.poll().land();
    }

    /** Score and gradient of one batch without an update; the gradient is in {@code net.getFlattenedGradients()}, divided by the batch.
     *
     *  @throws UnsupportedOperationException if this batch cannot be accelerated */
    public double gradient(DataSet batch) {
        String reason = unusual(batch);
        if (reason != null) throw new UnsupportedOperationException(reason);
        int usual = natives.ompGetMaxThreads();
        try {
            landAll();
            Entry entry = training(batch, Question.GRADIENT);
            return disturbed(entry, batch, random).value() / entry.program.batch() + update.penalty(0, 0).value();
        } finally {
            settle();
            natives.setOmpNumThreads(usual);
        }
    }

    /** Score of one batch as training computes it, dropout and the batch's own statistics included, as {@code net.score(batch, true)} does;
     *  parameters and gradient stay as they are.
     *
     *  @throws UnsupportedOperationException if this batch cannot be accelerated */
    public double trainingScore(DataSet batch) {
        String reason = unusual(batch);
        if (reason != null) throw new UnsupportedOperationException(reason);
        int usual = natives.ompGetMaxThreads();
        try {
            landAll();
            Entry entry = training(batch, Question.LOSS);
            return disturbed(entry, batch, random).value() / entry.program.batch() + update.penalty(0, 0).value();
        } finally {
            natives.setOmpNumThreads(usual);
        }
    }

    /** Where the time of a step goes: best time of each call over some runs on this batch, in the order of the calls. Changes no parameter.
     *
     *  @throws UnsupportedOperationException if this batch cannot be accelerated, or not on the processor */
    public List<String> profile(DataSet batch) {
        if (!(kernels instanceof OneDnnKernels)) throw new UnsupportedOperationException("times of the calls on " + kernels.name());
        gradient(batch);
        int usual = natives.ompGetMaxThreads();
        try {
            Entry entry = training(batch, Question.GRADIENT);
            Kernels.Feed feed = feed(entry, batch, random);
            return withStockLayers(() -> ((OneDnnKernels.Bound) entry.executable).profile(feed, PROFILED_RUNS));
        } finally {
            natives.setOmpNumThreads(usual);
        }
    }

    /** The network's output, as {@code net.output(features)} gives it.
     *
     *  @param features [batch, ...] as the network takes them
     *  @return a new array: [batch, outputs], or [batch, outputs, time] */
    public INDArray output(INDArray features) {
        return output(features, null);
    }

    /** The network's output for padded sequences, as {@code net.output(features, false, mask, null)} gives it.
     *
     *  @param features [batch, features, time] or tokens [batch, time]
     *  @param mask [batch, time], 1 for a step, 0 for padding; null for none
     *  @return a new array: [batch, outputs], or [batch, outputs, time] */
    public INDArray output(INDArray features, INDArray mask) {
        return beginOutput(features, mask).get();
    }

    /** Begins to compute the network's output; as {@link #begin} with a step, returns before it is done where the device works by itself.
     *
     *  @param features as {@link #output(INDArray, INDArray)} takes them; may be changed afterwards unless the network falls back to stock for them
     *  @param mask the same
     *  @return a new array; asking waits for it */
    public Supplier<INDArray> beginOutput(INDArray features, INDArray mask) {
        String reason = mask == null ? null : unusual(mask, features);
        if (reason != null) return known(stock(features, mask, reason));
        int usual = natives.ompGetMaxThreads();
        try {
            makeRoom();
            connect();
            Entry entry = entry(new Key(input(features), Question.OUTPUT, mask != null, false));
            Shape s = entry.program.buffers().get(entry.program.output());
            long[] shape = s.kind() == Shape.Kind.SEQUENCE ? new long[] {s.b(), s.c(), s.a()} : s.dims();
            INDArray result = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
            INDArray dense = dense(features, entry.features);
            if (dense != features) entry.features = dense;
            if (mask != null) entry.mask = values(mask, entry.mask);
            Kernels.Feed feed = new Kernels.Feed(address(dense), 0, entry.mask, null, address(result), 0);
            Output output = new Output(features, mask, withStockLayers(() -> entry.executable.start(feed)), result);
            if (!kernels.late() || entry.program.mayRefuse()) output.land();
            else underWay.add(output);
            return output;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return known(stock(features, mask, e.getMessage()));
        } finally {
            natives.setOmpNumThreads(usual);
        }
    }

    private static Supplier<INDArray> known(INDArray output) {
        return () -> output;
    }

    private final class Output extends Begun implements Supplier<INDArray> {
        private final INDArray features;
        private final INDArray mask;
        private final Kernels.Later run;
        private INDArray result;

        Output(INDArray features, INDArray mask, Kernels.Later run, INDArray result) {
            this.features = features;
            this.mask = mask;
            this.run = run;
            this.result = result;
        }

        @Override void arrive() {
            try {
                run.value();
            } catch (UnsupportedOperationException | IllegalArgumentException e) {
                result = stock(features, mask, e.getMessage());
            }
        }

        @Override public INDArray get() {
            landUpTo(this);
            return result;
        }
    }

    private INDArray stock(INDArray features, INDArray mask, String reason) {
        fallbacks.add(reason);
        settle();
        return net.output(features, mask);
    }

    private double stock(DataSet batch, String reason) {
        landAll();
        fallbacks.add(reason);
        settle();
        net.fit(batch);
        return net.model().score();
    }

    // Binding.

    private Entry training(DataSet batch, Question question) {
        connect();
        boolean masked = batch.getFeaturesMaskArray() != null;
        boolean labelMasked = batch.getLabelsMaskArray() != null;
        return entry(new Key(input(batch.getFeatures()), question, masked, labelMasked));
    }

    /** Binds to the network's arrays, again if they were replaced. */
    private void connect() {
        INDArray state = net.state();
        Kernels.Memory now = new Kernels.Memory(address(net.model().params()), address(net.gradient()), state == null ? 0 : address(state));
        if (now.equals(memory)) return;
        release();
        memory = now;
        vectors = state == null ? List.of(net.model().params(), net.gradient()) : List.of(net.model().params(), net.gradient(), state);
        try {
            update = kernels.bind(spec.update(), memory, threads);
        } catch (UnsupportedOperationException e) {
            if (kernels instanceof OneDnnKernels) throw e;
            toProcessor(e.getMessage());
        }
    }

    private void toProcessor(String reason) {
        passOver(reason);
        release();
        connect();
    }

    private void release() {
        landAll();
        programs.values().forEach(e -> e.executable.close());
        programs.clear();
        if (memory != null) {
            settle();
            kernels.close();
            kernels = open();
        }
        memory = null;
        update = null;
    }

    private Entry entry(Key key) {
        Entry entry = programs.get(key);
        if (entry != null) return entry;
        Program program = compile(key);
        try {
            entry = new Entry(program, kernels.bind(program, memory, threads));
        } catch (UnsupportedOperationException e) {
            if (kernels instanceof OneDnnKernels) throw e;
            toProcessor(e.getMessage());
            return entry(key);
        }
        if (programs.size() >= KEPT_PROGRAMS) {
            var oldest = programs.entrySet().iterator();
            oldest.next().getValue().executable.close();
            oldest.remove();
        }
        programs.put(key, entry);
        return entry;
    }

    private Program compile(Key key) {
        return switch (key.question) {
            case OUTPUT -> Compiler.inference(spec, key.input, key.masked);
            case LOSS -> Compiler.training(spec, key.input, key.masked, key.labelMasked).forwardOnly();
            case GRADIENT -> Compiler.training(spec, key.input, key.masked, key.labelMasked);
        };
    }

    private static long address(INDArray array) {
        return array.data().pointer().address() + array.offset() * Float.BYTES;
    }

    private Shape input(INDArray features) {
        int rank = features.rank();
        switch (spec.input()) {
            case TABLE -> {
                if (rank == 2) return Shape.table(features.size(0), features.size(1));
            }
            case NCHW -> {
                if (rank == 4) return Shape.image(features.size(0), features.size(1), features.size(2), features.size(3));
            }
            case NHWC -> {
                if (rank == 4) return Shape.image(features.size(0), features.size(3), features.size(1), features.size(2));
            }
            case NCW -> {
                if (rank == 3) return Shape.sequence(features.size(2), features.size(0), features.size(1));
            }
            case NWC -> {
                if (rank == 3) return Shape.sequence(features.size(1), features.size(0), features.size(2));
            }
            case TOKENS -> {
                if (rank == 2 || rank == 3 && features.size(1) == 1) return Shape.sequence(features.size(rank - 1), features.size(0), 1);
            }
            case BY_RANK -> {
                if (rank >= 2 && rank <= 4) return Shape.ofOutside(features.shape(), spec.channelsLast());
            }
        }
        throw new IllegalArgumentException("features of shape " + java.util.Arrays.toString(features.shape()) + " do not fit input " + spec.input());
    }

    // Running.

    @SuppressWarnings("try") // the workspace is left at the end of the block, no more
    private <T> T withStockLayers(Supplier<T> run) {
        if (stock.isEmpty()) return run.get();
        for (StockLayers layers : stock) layers.count(net.iteration(), net.epoch());
        try (MemoryWorkspace all = stock.get(0).open()) {
            return run.get();
        } finally {
            stock.forEach(StockLayers::clear);
        }
    }

    /** With weight noise, which neither output nor update sees. */
    private Kernels.Later disturbed(Entry entry, DataSet batch, long step) {
        update.disturb(step * 0xD1342543DE82EF95L);
        try {
            Kernels.Feed feed = feed(entry, batch, step);
            return withStockLayers(() -> entry.executable.start(feed));
        } finally {
            update.calm();
        }
    }

    private double longestGradient() {
        double longest = Double.POSITIVE_INFINITY;
        for (TrainingListener listener : net.listeners()) if (listener instanceof GlobalNormClipping clipping) longest = Math.min(longest, clipping.threshold());
        return longest;
    }

    private Kernels.Feed feed(Entry entry, DataSet batch, long step) {
        INDArray features = dense(batch.getFeatures(), entry.features);
        if (features != batch.getFeatures()) entry.features = features;
        INDArray labels = dense(batch.getLabels(), entry.labels);
        if (labels != batch.getLabels()) entry.labels = labels;
        if (batch.getFeaturesMaskArray() != null) entry.mask = values(batch.getFeaturesMaskArray(), entry.mask);
        if (batch.getLabelsMaskArray() != null) entry.labelMask = values(batch.getLabelsMaskArray(), entry.labelMask);
        return new Kernels.Feed(address(features), address(labels), entry.mask, entry.labelMask, 0, step);
    }

    /** The array itself if its floats lie in row-major order without gaps, else a copy in {@code staging}. */
    @SuppressWarnings("try") // the scope is left at the end of the block, no more
    private static INDArray dense(INDArray array, INDArray staging) {
        if (array.dataType() == DataType.FLOAT && array.ordering() == 'c' && !array.isView() && array.elementWiseStride() == 1) return array;
        INDArray copy = staging;
        if (copy == null) {
            try (MemoryWorkspace out = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                copy = Nd4j.createUninitialized(DataType.FLOAT, array.shape(), 'c');
            }
        }
        copy.assign(array);
        return copy;
    }

    private static float[] values(INDArray mask, float[] into) {
        int n = Math.toIntExact(mask.length());
        float[] values = into != null && into.length == n ? into : new float[n];
        int columns = (int) mask.size(mask.rank() - 1);
        for (int i = 0; i < n; i++) values[i] = mask.getFloat(i / columns, i % columns);
        return values;
    }

    // What one batch or one listener may ask that no program does.

    private String unusual(DataSet batch) {
        for (TrainingListener listener : net.listeners()) {
            // Known: step() bounds the gradient itself, and what is told now and then does not look inside.
            if (listener instanceof GlobalNormClipping || listener instanceof Every) continue;
            if (looksInside(listener)) return "listener " + listener.getClass().getName() + " looks at activations or gradients";
        }
        if (batch.getFeatures() == null || batch.getLabels() == null) return "a batch without features or labels";
        INDArray mask = batch.getFeaturesMaskArray();
        INDArray labelMask = batch.getLabelsMaskArray();
        if (mask != null) {
            String refusal = unusual(mask, batch.getFeatures());
            if (refusal != null) return refusal;
            if (Masks.reachesOutput(spec) && !mask.equals(labelMask)) return "an output for every step whose label mask is not the features mask";
        }
        if (labelMask != null && (labelMask.rank() != 2 || labelMask.size(0) != batch.getLabels().size(0))) return "a label mask of shape " + java.util.Arrays.toString(labelMask.shape());
        return null;
    }

    private String unusual(INDArray mask, INDArray features) {
        if (mask.rank() != 2 || mask.size(0) != features.size(0) || mask.size(1) != features.size(features.rank() - 1))
            return "a features mask of shape " + java.util.Arrays.toString(mask.shape());
        String refusal = Masks.refusal(spec);
        if (refusal == null && Masks.needsPaddingLast(spec) && !Masks.paddingLast(values(mask, null), (int) mask.size(1)))
            return "a mask with padding before the end";
        return refusal;
    }

    /** Whether a listener sees more of a step than its end. */
    static boolean looksInside(TrainingListener listener) {
        return overrides(listener, "onForwardPass", Model.class, List.class) || overrides(listener, "onForwardPass", Model.class, Map.class)
                || overrides(listener, "onGradientCalculation", Model.class) || overrides(listener, "onBackwardPass", Model.class);
    }

    private static boolean overrides(TrainingListener listener, String method, Class<?>... arguments) {
        try {
            Class<?> where = listener.getClass().getMethod(method, arguments).getDeclaringClass();
            return where != BaseTrainingListener.class && where != TrainingListener.class;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    /** Frees what is held outside the heap. The network stays as it is. */
    @Override public void close() {
        try {
            settle();
        } finally {
            underWay.clear();
            programs.values().forEach(e -> e.executable.close());
            programs.clear();
            kernels.close();
        }
    }
}
