package io.dl4k.accel.check;

import io.dl4k.accel.program.Param;
import io.dl4k.accel.program.ParamLayout;
import io.dl4k.accel.program.Precision;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How far what a device made of a network is from what is right.
 *
 *  @param name of the network
 *  @param errors largest error of each kind; empty where the device could not run it
 *  @param allowed largest error of each kind that is no wrong result: more than usual where training carries rounding far
 *  @param problem what is wrong, for people; empty where all is right */
public record Comparison(String name, Map<Kind, Double> errors, Map<Kind, Double> allowed, String problem) {
    /** What is compared. */
    public enum Kind {
        /** Output of a batch: largest difference over the largest output. */
        OUTPUT(2e-5),
        /** Score of a batch and each parameter's gradient: largest difference over the layer's largest gradient. */
        GRADIENT(1e-4),
        /** Scores along the training: largest difference over the first score. */
        SCORES(1e-4),
        /** What training made of weights and of the updaters' state: length of the difference over length of the change. */
        WEIGHTS(1e-3);

        private static final double ROUNDINGS = 20;
        /** A maximum may turn, or the sign before a ReLU, and with it the gradient of a cell. */
        private static final double TURNS = 10;

        private final double tolerance;

        Kind(double tolerance) {
            this.tolerance = tolerance;
        }

        /** Largest error that rounding explains in a few steps.
         *
         *  @param precision of products and convolutions */
        public double tolerance(Precision precision) {
            return switch (precision) {
                case FLOAT32 -> tolerance;
                // A rounding of each factor, several times over: of the terms of a sum and of the layers one after the other.
                case TF32, BF16 -> ROUNDINGS * Math.scalb(1, -precision.bits()) * (this == GRADIENT || this == WEIGHTS ? TURNS : 1);
            };
        }

        /** As a table has it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Below this a layer's gradient, an output or a change is rounding itself. */
    private static final double NOTHING = 1e-7;

    private record Error(double size, String where) {
        static final Error NONE = new Error(0, "");

        Error or(Error other) {
            // Not a number is the worst of all.
            return other.size > size || Double.isNaN(other.size) ? other : this;
        }
    }

    public Comparison {
        errors = Map.copyOf(errors);
        allowed = Map.copyOf(allowed);
    }

    /** Whether the device is right. */
    public boolean right() {
        return problem.isEmpty();
    }

    /** The device could not run it.
     *
     *  @param why for people */
    static Comparison failed(String name, String why) {
        return new Comparison(name, Map.of(), Map.of(), why);
    }

    static Comparison of(Fixture fixture, Outcome found, Precision precision) {
        Map<Kind, Double> allowed = fixture.allowed(precision);
        Outcome expected = fixture.expected();
        ParamLayout layout = fixture.of().net().layout();
        Map<Kind, Error> errors = new EnumMap<>(Kind.class);
        errors.put(Kind.OUTPUT, largest(expected.output(), found.output(), "the output"));
        errors.put(Kind.GRADIENT, relative(expected.score(), found.score(), expected.score(), "the score").or(gradient(layout, expected.gradient(), found.gradient())));
        Error scores = Error.NONE;
        for (int i = 0; i < expected.scores().length; i++) scores = scores.or(relative(expected.scores()[i], found.scores()[i], expected.scores()[0], "the score of step " + i));
        errors.put(Kind.SCORES, scores);
        errors.put(Kind.WEIGHTS, change(fixture.of().params(), expected.params(), found.params(), "the weights").or(change(fixture.of().states(), expected.state(), found.state(), "the updaters' state")));
        Map<Kind, Double> sizes = new EnumMap<>(Kind.class);
        List<String> wrong = new ArrayList<>();
        errors.forEach((kind, error) -> {
            sizes.put(kind, error.size);
            double most = allowed.get(kind);
            if (!(error.size <= most)) wrong.add(String.format(Locale.ROOT, "%s: an error of %.1e where %.1e is allowed", error.where, error.size, most));
        });
        return new Comparison(fixture.name(), sizes, allowed, String.join("; ", wrong));
    }

    private static Error relative(double expected, double found, double scale, String what) {
        return new Error(Math.abs(expected - found) / Math.max(Math.abs(scale), NOTHING), what);
    }

    private static boolean alike(Outcome.Cells a, Outcome.Cells b) {
        return a.length() == b.length() && a.stride() == b.stride();
    }

    private static Error largest(Outcome.Cells expected, Outcome.Cells found, String what) {
        if (!alike(expected, found)) return new Error(Double.NaN, what + " of " + found.length() + " cells, not " + expected.length());
        double scale = NOTHING;
        for (float v : expected.values()) scale = Math.max(scale, Math.abs(v));
        Error worst = Error.NONE;
        for (int i = 0; i < expected.values().length; i++) {
            double error = Math.abs((double) expected.values()[i] - found.values()[i]) / scale;
            if (error > worst.size || Double.isNaN(error)) worst = new Error(error, what + " in cell " + expected.at(i));
        }
        return worst;
    }

    private static Error gradient(ParamLayout layout, Outcome.Cells expected, Outcome.Cells found) {
        if (!alike(expected, found)) return new Error(Double.NaN, "a gradient of " + found.length() + " cells, not " + expected.length());
        Map<Integer, Double> scales = new HashMap<>();
        int[] of = new int[expected.values().length];
        int k = 0;
        for (int i = 0; i < of.length; i++) {
            while (layout.params().get(k).end() <= expected.at(i)) k++;
            of[i] = k;
            scales.merge(layout.params().get(k).layer(), Math.max(NOTHING, Math.abs((double) expected.values()[i])), Math::max);
        }
        Error worst = Error.NONE;
        for (int i = 0; i < of.length; i++) {
            Param p = layout.params().get(of[i]);
            double error = Math.abs((double) expected.values()[i] - found.values()[i]) / scales.get(p.layer());
            if (error > worst.size || Double.isNaN(error)) worst = new Error(error, "the gradient of " + p.name() + " of layer " + p.layer() + " in cell " + (expected.at(i) - p.offset()));
        }
        return worst;
    }

    private static Error change(float[] before, Outcome.Cells expected, Outcome.Cells found, String what) {
        if (!alike(expected, found)) return new Error(Double.NaN, what + " of " + found.length() + " cells, not " + expected.length());
        double difference = 0;
        double change = NOTHING * NOTHING;
        for (int i = 0; i < expected.values().length; i++) {
            double was = before[(int) expected.at(i)];
            difference += square((double) expected.values()[i] - found.values()[i]);
            change += square(expected.values()[i] - was);
        }
        return new Error(Math.sqrt(difference / change), what);
    }

    private static double square(double x) {
        return x * x;
    }
}
