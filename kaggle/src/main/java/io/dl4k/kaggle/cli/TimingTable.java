package io.dl4k.kaggle.cli;

import io.dl4k.accel.check.Timing;
import java.io.PrintWriter;
import java.util.Locale;

/** Times for people. */
final class TimingTable {
    private TimingTable() {
    }

    static void print(Timing found, PrintWriter out) {
        out.println(String.format(Locale.ROOT, "ceilings: a large copy moves %.0f GB/s, the fastest product makes %.1f TFLOP/s in float32%n", found.copyGigabytes(), found.productTeraflops()));
        out.println(String.format(Locale.ROOT, "%-20s %10s %9s %9s", "product m x n x k", "ms", "TFLOP/s", "of best"));
        for (Timing.Product each : found.products()) {
            out.println(String.format(Locale.ROOT, "%-20s %10.4f %9.2f %8.0f%%", each.m() + "x" + each.n() + "x" + each.k(), each.milliseconds(), each.teraflops(), 100 * each.teraflops() / found.productTeraflops()));
        }
        out.println(String.format(Locale.ROOT, "%n%-10s %5s %9s %9s %9s %9s %9s %9s %5s %9s %8s %7s", "ms", "batch", "inference", "forward", "gradient", "step", "GPU busy", "loop", "idle", "GFLOP", "MB",
                "ceiling"));
        for (Timing.Step each : found.steps()) {
            out.println(String.format(Locale.ROOT, "%-10s %5d %9.3f %9.3f %9.3f %9.3f %9.3f %9.3f %4.0f%% %9.3f %8.1f %6.0f%%", each.network(), each.rows(), each.inference(), each.forward(),
                    each.gradient(), each.step(), each.busy(), each.loop(), 100 * each.idle(), each.work().flops() / 1e9, each.work().bytes() / 1e6,
                    100 * each.ofCeiling(found.copyGigabytes(), found.productTeraflops())));
        }
        out.println();
    }
}
