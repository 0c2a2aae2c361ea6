package io.dl4k.accel.check;

import io.dl4k.accel.cuda.CudaKernels;
import io.dl4k.accel.cuda.CudaMeter;
import io.dl4k.accel.program.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Times on a GPU by its own clock, the median of many, each beside the least that it must do and the two ceilings measured in the same run.
 *
 *  @param copyGigabytes a second, read and written, of a large copy inside the GPU's memory
 *  @param productTeraflops a second of the fastest product
 *  @param products matrix products
 *  @param steps networks */
public record Timing(double copyGigabytes, double productTeraflops, List<Product> products, List<Step> steps) {
    /** A product of float32 matrices, C of m rows and n columns.
     *
     *  @param milliseconds the median */
    public record Product(int m, int n, int k, double milliseconds) {
        /** A second. */
        public double teraflops() {
            return 2.0 * m * n * k / milliseconds / 1e9;
        }
    }

    /** One network with one number of rows; all times are medians in milliseconds. The first four are of one call each, copies of the batch and the way back of its result included.
     *
     *  @param inference the output
     *  @param forward the loss as training computes it
     *  @param gradient loss and gradient
     *  @param step loss, gradient and update
     *  @param busy what of a step the GPU itself computes: steps one after the other, nothing waited for, no batch copied
     *  @param loop a step of a training loop that feeds another batch each time, by the wall clock
     *  @param work the least that a step must do */
    public record Step(String network, int rows, double inference, double forward, double gradient, double step, double busy, double loop, Work work) {
        /** Share of the training loop in which the GPU computes nothing. */
        public double idle() {
            return Math.max(0, 1 - busy / loop);
        }

        /** The least time by the two ceilings, over the time that the GPU computes. */
        public double ofCeiling(double copyGigabytes, double productTeraflops) {
            return Math.max(work.flops() / productTeraflops / 1e9, work.bytes() / copyGigabytes / 1e6) / busy;
        }
    }

    /** How much to measure.
     *
     *  @param squares sizes of square products; the largest is the ceiling
     *  @param rows of the networks' batches
     *  @param copy bytes of the large copy
     *  @param runs most runs of each; fewer where they take long */
    public record Scale(List<Integer> squares, List<Integer> rows, long copy, int runs) {
        /** As benchmarks are made: a minute or two on a large GPU. */
        public static final Scale FULL = new Scale(List.of(512, 1024, 2048, 4096, 8192), List.of(32, 128, 1024), 2L << 30, 60);
        /** To try the command itself: the times say nothing. */
        public static final Scale QUICK = new Scale(List.of(32, 64), List.of(4), 4L << 20, 3);
    }

    private static final int WARM_UP = 5;
    private static final int TURNS = 4;
    private static final int AT_ONCE = 10;
    private static final double ENOUGH_SECONDS = 0.4;
    private static final String NETWORK = "network ";

    public Timing {
        products = List.copyOf(products);
        steps = List.copyOf(steps);
    }

    /** Measures.
     *
     *  @param fixtures those of the benchmarks' networks are taken
     *  @param device opens the GPU for a network  @param meter opens it for products
     *  @param progress told of each network before it is measured */
    public static Timing measure(List<Fixture> fixtures, Scale scale, Supplier<CudaKernels> device, Supplier<CudaMeter> meter, Consumer<String> progress) {
        List<Product> products = new ArrayList<>();
        double copy;
        try (CudaMeter open = meter.get()) {
            progress.accept("copy");
            copy = 2.0 * scale.copy / open.copy(scale.copy, scale.runs) / 1e6;
            List<int[]> shapes = new ArrayList<>();
            for (int n : scale.squares) shapes.add(new int[] {n, n, n});
            // The dense layers of the networks, and a recurrent step.
            for (int n : scale.rows) shapes.addAll(List.of(new int[] {512, n, 784}, new int[] {128, n, 3136}, new int[] {512, n, 128}));
            for (int[] s : shapes) {
                progress.accept("product " + s[0] + "x" + s[1] + "x" + s[2]);
                products.add(new Product(s[0], s[1], s[2], open.product(s[0], s[1], s[2], scale.runs)));
            }
        }
        List<Step> steps = new ArrayList<>();
        for (Fixture fixture : fixtures) {
            if (!fixture.name().startsWith(NETWORK)) continue;
            for (int rows : scale.rows) {
                progress.accept(fixture.name() + " of " + rows + " rows");
                steps.add(step(fixture.of().rows(rows), scale, device));
            }
        }
        return new Timing(copy, products.stream().mapToDouble(Product::teraflops).max().orElseThrow(), products, steps);
    }

    private static Step step(Case of, Scale scale, Supplier<CudaKernels> device) {
        CudaKernels gpu = device.get();
        List<Runner.Fed> fed = new ArrayList<>();
        try (Runner runner = new Runner(of, gpu)) {
            for (int i = 0; i < TURNS; i++) fed.add(Runner.feed(of.data().draw(i), 0, i));
            Kernels.Feed first = fed.get(0).feed();
            double[] inference = new double[1];
            runner.output(of.data().draw(0), work -> inference[0] = median(gpu, scale, work));
            double forward;
            try (Kernels.Executable loss = runner.bind(Runner.Asked.LOSS)) {
                forward = median(gpu, scale, () -> loss.run(first));
            }
            double gradient = median(gpu, scale, () -> runner.score(first, 0).value());
            double step = median(gpu, scale, () -> runner.step(first, 0).value());
            double busy = median(gpu, scale, () -> {
                for (int i = 0; i < AT_ONCE; i++) {
                    gpu.replay(runner.training());
                    runner.update().apply(0, 0, of.longest());
                }
            }) / AT_ONCE;
            double loop = loop(runner, fed, scale);
            return new Step(of.name().substring(NETWORK.length()), of.data().batch(), inference[0], forward, gradient, step, busy, loop,
                    Work.of(Runner.program(of.net(), of.data(), Runner.Asked.GRADIENT)).and(of.net().update()));
        } finally {
            fed.forEach(Runner.Fed::close);
        }
    }

    private static double loop(Runner runner, List<Runner.Fed> fed, Scale scale) {
        double[] times = new double[scale.runs];
        int n = 0;
        for (double all = 0; n < times.length && (n < WARM_UP || all < ENOUGH_SECONDS * 1e3); n++) {
            long begin = System.nanoTime();
            // A score is asked for when the next step is on its way, as training asks.
            Kernels.Later before = () -> 0;
            for (int i = 0; i < AT_ONCE; i++) {
                Kernels.Later score = runner.step(fed.get(i % fed.size()).feed(), i);
                before.value();
                before = score;
            }
            before.value();
            double time = (System.nanoTime() - begin) / 1e6;
            all += time;
            times[n] = time / AT_ONCE;
        }
        Arrays.sort(times, 0, n);
        return times[n / 2];
    }

    private static double median(CudaKernels gpu, Scale scale, Runnable work) {
        for (int i = 0; i < Math.min(WARM_UP, scale.runs); i++) work.run();
        double[] times = new double[scale.runs];
        int n = 0;
        double all = 0;
        while (n < times.length && (n < WARM_UP || all < ENOUGH_SECONDS * 1e3)) {
            times[n] = gpu.milliseconds(work);
            all += times[n++];
        }
        Arrays.sort(times, 0, n);
        return times[n / 2];
    }
}
