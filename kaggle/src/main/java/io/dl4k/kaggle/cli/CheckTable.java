package io.dl4k.kaggle.cli;

import io.dl4k.accel.check.Comparison;
import io.dl4k.accel.program.Precision;
import java.io.PrintWriter;
import java.util.Locale;

/** What a GPU made of each network, a row as soon as it is known. */
record CheckTable(PrintWriter out, Precision precision) {
    private static final String NAME = "%-38s";
    private static final String NUMBER = " %9.1e";

    void head() {
        StringBuilder names = new StringBuilder(String.format(Locale.ROOT, NAME, "largest error of"));
        StringBuilder allowed = new StringBuilder(String.format(Locale.ROOT, NAME, "allowed"));
        for (Comparison.Kind kind : Comparison.Kind.values()) {
            names.append(String.format(Locale.ROOT, " %9s", kind.label()));
            allowed.append(String.format(Locale.ROOT, NUMBER, kind.tolerance(precision)));
        }
        out.println(names);
        out.println(allowed);
        out.flush();
    }

    void row(Comparison each) {
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, NAME, each.name()));
        for (Comparison.Kind kind : Comparison.Kind.values()) {
            row.append(each.errors().containsKey(kind) ? String.format(Locale.ROOT, NUMBER, each.errors().get(kind)) : "         -");
        }
        out.println(row + (each.right() ? "  ok" : "  WRONG"));
        boolean more = each.allowed().entrySet().stream().anyMatch(allowed -> allowed.getValue() > allowed.getKey().tolerance(precision));
        if (more) {
            StringBuilder allowed = new StringBuilder(String.format(Locale.ROOT, NAME, "    allowed for it"));
            for (Comparison.Kind kind : Comparison.Kind.values()) allowed.append(String.format(Locale.ROOT, NUMBER, each.allowed().get(kind)));
            out.println(allowed);
        }
        if (!each.right()) {
            out.println("    " + each.problem());
        }
        out.flush();
    }
}
