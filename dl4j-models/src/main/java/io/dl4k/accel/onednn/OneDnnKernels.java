package io.dl4k.accel.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.dl4k.accel.program.Kernels;
import io.dl4k.accel.program.Program;
import io.dl4k.accel.program.UpdatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** The CPU. Runs on the calling thread, OpenMP's threads of that thread and, in recurrent layers, threads of its own. Each call
 *  has as many threads as its size is worth ({@link Cost}); the number of OpenMP's threads is not put back afterwards. */
public final class OneDnnKernels implements Kernels {
    private final Dnn dnn;
    private final Team team;
    private final List<Plan> updates = new ArrayList<>();

    /** @param openMpThreads sets the number of OpenMP's threads for the thread that calls it
     *  @throws UnsatisfiedLinkError or another LinkageError if oneDNN is not there for this platform */
    public OneDnnKernels(IntConsumer openMpThreads) {
        this.dnn = new Dnn();
        this.team = new Team(openMpThreads);
    }

    @Override public String name() {
        int isa = dnnl_get_effective_cpu_isa();
        String set = (isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core ? "AVX-512" : (isa & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2 ? "AVX2" : "portable code";
        return "oneDNN " + dnnl_version().major() + "." + dnnl_version().minor() + ", " + set;
    }

    /** How many of {@code threads} threads a product gets.
     *
     *  @param multiplyAdds rows x inner x columns */
    public static int threadsFor(double multiplyAdds, int threads) {
        return Cost.threads(Cost.ofProduct(multiplyAdds), threads);
    }

    @Override public Bound bind(Program program, Memory memory, int threads) {
        Plan plan = new Plan(dnn, team, threads);
        try {
            Binder.Run run = new Binder.Run();
            return new Bound(plan, run, new Binder(program, memory, plan, run).bind());
        } catch (RuntimeException | Error e) {
            plan.close();
            throw e;
        }
    }

    @Override public Update bind(UpdatePlan update, Memory memory, int threads) {
        Plan plan = new Plan(dnn, team, threads);
        updates.add(plan);
        return new DnnUpdate(update, memory, plan);
    }

    @Override public void close() {
        updates.forEach(Plan::close);
        updates.clear();
        team.close();
        dnn.close();
    }

    /** A program with its memory. */
    public static final class Bound implements Executable {
        private final Plan plan;
        private final Binder.Run run;
        private final Binder.Ends ends;

        private Bound(Plan plan, Binder.Run run, Binder.Ends ends) {
            this.plan = plan;
            this.run = run;
            this.ends = ends;
        }

        @Override public double run(Feed feed) {
            prepare(feed);
            plan.run();
            return run.score;
        }

        private void prepare(Feed feed) {
            run.feed = feed;
            run.score = 0;
            ends.features().storage.locate(feed.features());
            if (ends.labels() != null) ends.labels().storage.locate(feed.labels());
            if (ends.result() != null) ends.result().storage.locate(feed.result());
        }

        /** Best time of each call over some runs of this batch, a line each. */
        public List<String> profile(Feed feed, int runs) {
            prepare(feed);
            return plan.profile(runs);
        }

        @Override public long bytes() {
            return plan.bytes();
        }

        @Override public void close() {
            plan.close();
        }
    }
}
