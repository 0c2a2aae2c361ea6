package io.dl4k.training;

import io.dl4k.accel.program.Kernels;
import io.dl4k.hardware.Backend;
import io.dl4k.hardware.LoadedBackend;
import io.dl4k.hardware.Profile;
import io.dl4k.models.GlobalNormClipping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Data parallel: each batch is divided among replicas of the network, each on a thread and, where the profile has several GPUs, on one of its own;
 * after every step parameters and updater state are averaged over the replicas.
 *
 * <p>With plain SGD that is the step on the whole batch. Updaters with state see the gradients of the parts: Adam's second moment is the
 * mean of the parts' squares, and batch norm normalises each part by itself. A batch that does not divide evenly counts the rows of its
 * smaller parts a little more; one with fewer rows than workers uses rows twice.
 *
 * <p>The same seed, batches and number of workers give the same bytes on a processor: parts are in order, each replica draws its random
 * numbers by its own number, and the average is taken in their order. DL4J's ParallelWrapper takes the same average; docs/gpu.md says
 * why it is not used.
 */
final class ParallelEngine implements StepEngine {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** What all replicas are told of a step. @param rate the highest learning rate; NaN: the network's own */
    private record Step(long seed, double rate, int epoch) {}

    private final Network network;
    private final int workers;
    private final boolean scheduled;
    private final IntFunction<Supplier<Kernels>> devices;
    private final StepEngine evaluation;
    private final LearningRates rates;
    private final List<Replica> replicas = new ArrayList<>();

    /**
     * An engine whose replicas are made with the first step.
     *
     * @param workers how many replicas, at least 2; the network itself is the first
     * @param scheduled whether the learning rate is set from outside before each step
     * @param devices opens a replica's GPU, by its number; gives null for the processor
     */
    ParallelEngine(Network network, int workers, boolean scheduled, IntFunction<Supplier<Kernels>> devices) {
        this.network = network;
        this.workers = workers;
        this.scheduled = scheduled;
        this.devices = devices;
        this.evaluation = AcceleratedEngine.of(network, OptionalInt.empty(), devices.apply(0));
        this.rates = new LearningRates(network);
    }

    /** A network on a thread; number 0 is the one that is trained. Fields belong to that thread. */
    private final class Replica {
        private final int number;
        private final ExecutorService thread;
        private Network replica;
        private StepEngine engine;
        private LearningRates own;

        Replica(int number) {
            this.number = number;
            this.thread = Executors.newSingleThreadExecutor(task -> {
                Thread made = new Thread(task, "worker " + number);
                made.setDaemon(true);
                return made;
            });
        }

        /** While nobody trains, since it copies. */
        Void make() {
            // ND4J counts all GPUs of the machine, chosen or not.
            if (Backend.active().map(LoadedBackend::profile).orElse(null) instanceof Profile.Cuda cuda) {
                Nd4j.getAffinityManager().unsafeSetDevice(cuda.cards().get(number % cuda.cards().size()).ordinal());
            }
            int all = Backend.active().map(active -> active.profile().threads()).orElse(Runtime.getRuntime().availableProcessors());
            int threads = Math.max(1, all / workers);
            NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
            replica = number == 0 ? network : Network.of(copy(network.model()));
            if (number > 0) {
                // What only looks on would see each step several times.
                List<TrainingListener> shaping = network.listeners().stream().filter(GlobalNormClipping.class::isInstance).toList();
                replica.model().setListeners(new ArrayList<>(shaping));
                // A clone counts from 0, and updaters and random numbers go by the count.
                replica.counts(network.iterations(), network.epochs());
                own = new LearningRates(replica);
            }
            engine = AcceleratedEngine.of(replica, OptionalInt.of(threads), devices.apply(number));
            return null;
        }

        double fit(DataSet part, Step step) {
            if (own != null) {
                if (!Double.isNaN(step.rate)) {
                    own.set(step.rate);
                }
                while (replica.epochs() < step.epoch) {
                    replica.incrementEpochs();
                }
            }
            // ND4J's generator is one a thread.
            Nd4j.getRandom().setSeed(step.seed + SPREAD * (number + 1L + (long) workers * replica.iterations()));
            double loss = engine.fit(part);
            engine.settle();
            Nd4j.getExecutioner().commit();
            return loss;
        }

        Void end() {
            if (engine != null) {
                engine.close();
            }
            if (number > 0 && replica != null) {
                replica.model().close();
            }
            return null;
        }
    }

    private static Model copy(Model model) {
        return model instanceof MultiLayerNetwork net ? net.clone() : ((ComputationGraph) model).clone();
    }

    @Override
    public double fit(DataSet batch) {
        if (replicas.isEmpty()) {
            for (int w = 0; w < workers; w++) {
                replicas.add(new Replica(w));
            }
            all(replica -> replica.make());
        }
        Step step = new Step(Nd4j.getRandom().getSeed(), scheduled ? rates.current() : Double.NaN, network.epochs());
        double loss = all(replica -> replica.fit(part(batch, replica.number), step)).stream().mapToDouble(Double::doubleValue).sum() / workers;
        Nd4j.averageAndPropagate(null, replicas.stream().map(replica -> replica.replica.parameters()).toList());
        List<INDArray> states = replicas.stream().map(replica -> replica.replica.updater().getStateViewArray()).filter(Objects::nonNull).toList();
        if (!states.isEmpty()) {
            Nd4j.averageAndPropagate(null, states);
        }
        return loss;
    }

    /** Does it on every replica's thread and waits for all; an interrupt waits too, since half a step cannot be taken back. */
    private <T> List<T> all(Function<Replica, T> work) {
        List<Future<T>> futures = replicas.stream().map(replica -> replica.thread.submit(() -> work.apply(replica))).toList();
        List<T> results = new ArrayList<>();
        Throwable failure = null;
        boolean interrupted = false;
        for (Future<T> future : futures) {
            while (true) {
                try {
                    results.add(future.get());
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    failure = e.getCause();
                    break;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure != null) {
            throw (Error) failure;
        }
        return results;
    }

    /** {@return the rows of one worker: in order, as even as they can be} */
    private DataSet part(DataSet batch, int worker) {
        int rows = Math.toIntExact(batch.getFeatures().size(0));
        int from = rows < workers ? worker % rows : (int) ((long) rows * worker / workers);
        int to = rows < workers ? from + 1 : (int) ((long) rows * (worker + 1) / workers);
        return new DataSet(rows(batch.getFeatures(), from, to), rows(batch.getLabels(), from, to),
                rows(batch.getFeaturesMaskArray(), from, to), rows(batch.getLabelsMaskArray(), from, to));
    }

    private static INDArray rows(INDArray all, int from, int to) {
        if (all == null) {
            return null;
        }
        INDArrayIndex[] index = new INDArrayIndex[all.rank()];
        Arrays.fill(index, NDArrayIndex.all());
        index[0] = NDArrayIndex.interval(from, to);
        return all.get(index).dup('c').reshape(shape(all, to - from));
    }

    private static long[] shape(INDArray all, int rows) {
        long[] shape = all.shape().clone();
        shape[0] = rows;
        return shape;
    }

    @Override
    public OptionalDouble gradientNorm() {
        return OptionalDouble.empty();
    }

    @Override
    public INDArray output(DataSet batch) {
        return evaluation.output(batch);
    }

    @Override
    public double loss(DataSet batch) {
        return evaluation.loss(batch);
    }

    @Override
    public void settle() {
        evaluation.settle();
    }

    @Override
    public List<String> leftToStock() {
        return Stream.concat(evaluation.leftToStock().stream(), replicas.stream().flatMap(replica -> replica.engine.leftToStock().stream())).distinct().toList();
    }

    @Override
    public List<String> passedOver() {
        return Stream.concat(evaluation.passedOver().stream(), replicas.stream().flatMap(replica -> replica.engine.passedOver().stream())).distinct().toList();
    }

    @Override
    public long bytes() {
        return evaluation.bytes() + replicas.stream().mapToLong(replica -> replica.engine.bytes()).sum();
    }

    @Override
    public void close() {
        try {
            all(replica -> replica.end());
        } finally {
            replicas.forEach(replica -> replica.thread.shutdown());
            replicas.clear();
            evaluation.close();
        }
    }
}
