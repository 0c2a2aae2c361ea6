package io.dl4k.kaggle.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.hardware.OffHeap;
import io.dl4k.kaggle.competition.RunEvent;
import io.dl4k.kaggle.competition.RunObserver;
import io.dl4k.training.History;
import io.dl4k.training.TrainingEvent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bytedeco.javacpp.Pointer;

/**
 * Serves a page that follows a run: loss, score, learning rate, gradient norm, throughput and memory.
 *
 * <p>Bound to the loopback interface on a port that is free; the address holds a secret, so that other users of the machine cannot read it. Ends with
 * {@link #close()}, which leaves open pages with what they have. A step is noted only now and then, so that watching costs a run next to nothing; it changes
 * nothing in it.
 */
public final class LiveView implements RunObserver, AutoCloseable {
    /** Between two steps that are noted. A person sees no more, and the norm of the gradient is a pass over it. */
    private static final long STEP_NANOS = 400_000_000;
    private static final long MEMORY_SECONDS = 1;
    private static final double NANOS = 1e9;
    private static final double MEBIBYTE = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Journal journal = new Journal();
    private final LiveServer server;
    private final ScheduledExecutorService clock;
    private final LongSupplier nanoTime;
    private final long start;

    // Of the run's own thread.
    private long noted;
    private long rows;
    private int network;

    private LiveView(LiveServer server, Map<String, Object> run, LongSupplier nanoTime) {
        this.server = server;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        add("run", run, false);
        clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "live-view-memory");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts serving.
     *
     * @param title of the competition
     * @param metric it is scored by
     * @param higherIsBetter whether a higher score is better
     * @param device that trains
     * @throws IOException if no port on the loopback interface is to be had
     */
    public static LiveView start(String title, String metric, boolean higherIsBetter, String device) throws IOException {
        return start(title, metric, higherIsBetter, device, System::nanoTime);
    }

    static LiveView start(String title, String metric, boolean higherIsBetter, String device, LongSupplier nanoTime) throws IOException {
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("title", title);
        run.put("metric", metric);
        run.put("higher", higherIsBetter);
        run.put("device", device);
        LiveServer server = LiveServer.open(title);
        LiveView view = new LiveView(server, run, nanoTime);
        server.serve(view.journal);
        view.clock.scheduleAtFixedRate(view::memory, 0, MEMORY_SECONDS, TimeUnit.SECONDS);
        return view;
    }

    /** Where the page is; whoever has this address can read it. */
    public URI address() {
        return server.address();
    }

    @Override
    public void on(RunEvent event) {
        if (event instanceof RunEvent.RunStarted started) {
            add("networks", Map.of("networks", started.networks()), false);
        } else if (event instanceof RunEvent.NetworkStarted started) {
            network = started.number();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("candidate", started.candidate());
            // 0 where no fold is held out.
            fields.put("fold", started.fold() + 1);
            fields.put("folds", started.folds());
            fields.put("epochs", started.epochs());
            add("network", fields, false);
        } else if (event instanceof RunEvent.NetworkFinished done) {
            network = done.number();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("candidate", done.candidate());
            fields.put("fold", done.fold() + 1);
            fields.put("score", finite(done.score()));
            fields.put("resumed", done.resumed());
            add("finished", fields, false);
        } else if (event instanceof RunEvent.Training training) {
            on(training.event());
        }
    }

    private void on(TrainingEvent event) {
        if (event instanceof TrainingEvent.Started started) {
            noted = nanoTime.getAsLong();
            rows = 0;
            add("started", Map.of("rows", started.rows(), "batches", started.batches(), "parameters", started.parameters()), false);
        } else if (event instanceof TrainingEvent.StepDone step) {
            rows += step.rows();
            long now = nanoTime.getAsLong();
            if (now - noted >= STEP_NANOS) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("epoch", step.epoch() - 1 + (double) step.batch() / step.batches());
                fields.put("loss", finite(step.loss()));
                fields.put("rate", finite(step.learningRate()));
                fields.put("norm", optional(step.gradient().norm()));
                fields.put("speed", Math.round(rows * NANOS / (now - noted)));
                noted = now;
                rows = 0;
                add("step", fields, true);
            }
        } else if (event instanceof TrainingEvent.EpochDone done) {
            History.Epoch epoch = done.epoch();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("epoch", epoch.number());
            fields.put("loss", finite(epoch.trainingLoss()));
            fields.put("validation", optional(epoch.validationLoss()));
            fields.put("score", optional(epoch.metric()));
            fields.put("rate", finite(epoch.learningRate()));
            fields.put("speed", Math.round(epoch.rowsPerSecond()));
            add("epoch", fields, false);
            // Validation is no throughput of the training.
            noted = nanoTime.getAsLong();
            rows = 0;
        }
    }

    /** Says that the run is over and how it ended. */
    public void end(String summary) {
        add("end", Map.of("summary", summary), false);
    }

    private void memory() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("heap", Math.round(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEBIBYTE));
        fields.put("offHeap", Math.round(OffHeap.used() / MEBIBYTE));
        fields.put("resident", Math.round(Pointer.physicalBytes() / MEBIBYTE));
        add("memory", fields, true);
    }

    private void add(String kind, Map<String, ?> fields, boolean passing) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kind", kind);
        all.put("t", Math.round((nanoTime.getAsLong() - start) / NANOS * 100) / 100.0);
        if (!kind.equals("memory")) {
            all.put("number", network);
        }
        all.putAll(fields);
        try {
            journal.add(JSON.writeValueAsString(all), passing);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of texts and numbers are always JSON", e);
        }
    }

    /** JSON has no NaN. */
    private static Double finite(double x) {
        return Double.isFinite(x) ? x : null;
    }

    private static Double optional(OptionalDouble x) {
        return finite(x.orElse(Double.NaN));
    }

    /** Sends what is left to open pages and stops serving. */
    @Override
    public void close() {
        clock.shutdownNow();
        journal.close();
        server.close();
    }
}
