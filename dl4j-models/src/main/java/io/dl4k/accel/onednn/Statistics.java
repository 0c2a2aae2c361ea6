package io.dl4k.accel.onednn;

import io.dl4k.accel.program.LayerSpec;

/** Running mean and variance of batch normalisation, as DL4J keeps them: parameters whose "gradient" is the step to take. */
final class Statistics {
    private Statistics() { }

    private static double variance(float stored, LayerSpec.BatchNorm spec) {
        return spec.logDeviation() ? Math.pow(10, 2.0 * stored) : stored;
    }

    static void load(Tensor runningMean, Tensor runningVariance, Tensor mean, Tensor variance, LayerSpec.BatchNorm spec) {
        for (int i = 0; i < spec.size(); i++) {
            mean.floats().put(i, runningMean.floats().get(i));
            variance.floats().put(i, (float) variance(runningVariance.floats().get(i), spec));
        }
    }

    static void step(Tensor mean, Tensor variance, Tensor runningMean, Tensor runningVariance, Tensor gradMean, Tensor gradVariance, LayerSpec.BatchNorm spec) {
        double keep = spec.decay();
        for (int i = 0; i < spec.size(); i++) {
            float m = runningMean.floats().get(i);
            gradMean.floats().put(i, (float) ((1 - keep) * (m - mean.floats().get(i))));
            float stored = runningVariance.floats().get(i);
            double old = variance(stored, spec);
            double now = keep * old + (1 - keep) * variance.floats().get(i);
            gradVariance.floats().put(i, (float) (spec.logDeviation() ? stored - 0.5 * Math.log10(now) : old - now));
        }
    }
}
