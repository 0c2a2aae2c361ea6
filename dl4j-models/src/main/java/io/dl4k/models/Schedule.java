package io.dl4k.models;

/** Placeholder of branch models' type. */
public sealed interface Schedule {
    double at(long step);

    record Step(double rate, double factor, int every) implements Schedule {
        @Override
        public double at(long step) {
            return rate * Math.pow(factor, step / every);
        }
    }
}
