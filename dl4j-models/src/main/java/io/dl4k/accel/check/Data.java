package io.dl4k.accel.check;

import java.util.List;
import java.util.Random;

/** Batches, drawn from their number alone.
 *
 *  @param features shape as the caller hands it in, the batch first
 *  @param vocabulary features are whole numbers below this; 0: they are numbers about 0
 *  @param labels shape: [batch, outputs] or [batch, outputs, time]
 *  @param kind what labels are
 *  @param padded whether sequences have different lengths: zeros after the end, and a mask
 *  @param labelMask which labels count */
record Data(List<Integer> features, int vocabulary, List<Integer> labels, Kind kind, boolean padded, Mask labelMask) {
    /** CLASSES one of the outputs, the one whose feature is largest, or the first token's; BITS each 0 or 1; COUNTS 0 to 3; NUMBERS about 0. */
    enum Kind { CLASSES, BITS, COUNTS, NUMBERS }

    /** STEPS are those of the sequences' padding, ROWS and CELLS drawn. */
    enum Mask { NONE, ROWS, CELLS, STEPS }

    /** As a device takes it. */
    record Batch(float[] features, float[] labels, float[] featureMask, float[] labelMask) { }

    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    private static final int MOST_COUNT = 4;
    private static final double KEPT = 0.7;

    Data {
        features = List.copyOf(features);
        labels = List.copyOf(labels);
    }

    static Data classes(List<Integer> features, Integer... labels) {
        return new Data(features, 0, List.of(labels), Kind.CLASSES, false, Mask.NONE);
    }

    Data of(Kind other) {
        return new Data(features, vocabulary, labels, other, padded, labelMask);
    }

    Data tokens(int words) {
        return new Data(features, words, labels, kind, padded, labelMask);
    }

    Data padded(Mask ofLabels) {
        return new Data(features, vocabulary, labels, kind, true, ofLabels);
    }

    Data masked(Mask ofLabels) {
        return new Data(features, vocabulary, labels, kind, padded, ofLabels);
    }

    /** The same rows' kind, another number of them. */
    Data rows(int batch) {
        List<Integer> inputs = new java.util.ArrayList<>(features);
        List<Integer> outputs = new java.util.ArrayList<>(labels);
        inputs.set(0, batch);
        outputs.set(0, batch);
        return new Data(inputs, vocabulary, outputs, kind, padded, labelMask);
    }

    int batch() {
        return features.get(0);
    }

    private int steps() {
        return features.get(features.size() - 1);
    }

    private static int cells(List<Integer> shape) {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** @param number of the batch; another one, other numbers */
    Batch draw(int number) {
        Random random = new Random((number + 1) * SPREAD);
        float[] x = new float[cells(features)];
        for (int i = 0; i < x.length; i++) x[i] = vocabulary > 0 ? random.nextInt(vocabulary) : (float) random.nextGaussian();
        float[] featureMask = padded ? mask(random, x) : null;
        float[] y = new float[cells(labels)];
        if (kind == Kind.CLASSES) one(x, y);
        else for (int i = 0; i < y.length; i++) y[i] = switch (kind) {
            case BITS -> random.nextInt(2);
            case COUNTS -> random.nextInt(MOST_COUNT);
            default -> (float) random.nextGaussian();
        };
        float[] mask = switch (labelMask) {
            case NONE -> null;
            case ROWS -> drawn(random, batch());
            case CELLS -> drawn(random, y.length);
            case STEPS -> padded ? featureMask : drawn(random, batch() * labels.get(2));
        };
        return new Batch(x, y, featureMask, mask);
    }

    private static float[] drawn(Random random, int n) {
        float[] mask = new float[n];
        for (int i = 0; i < n; i++) mask[i] = i == 0 || random.nextDouble() < KEPT ? 1 : 0;
        return mask;
    }

    private float[] mask(Random random, float[] x) {
        int steps = steps();
        float[] mask = new float[batch() * steps];
        int each = x.length / mask.length;
        for (int n = 0; n < batch(); n++) {
            int length = n == 0 ? steps : 1 + random.nextInt(steps);
            for (int t = 0; t < steps; t++) {
                if (t < length) mask[n * steps + t] = 1;
                else for (int f = 0; f < each; f++) x[(n * each + f) * steps + t] = 0;
            }
        }
        return mask;
    }

    private void one(float[] x, float[] y) {
        int outs = labels.get(1);
        int steps = labels.size() > 2 ? labels.get(2) : 1;
        int ofRow = x.length / batch();
        // In [batch, features, time] a step's features lie that far apart.
        int apart = features.size() == 3 ? steps() : 1;
        for (int n = 0; n < batch(); n++) {
            for (int t = 0; t < steps; t++) {
                int best = 0;
                if (vocabulary > 0) best = (int) x[n * ofRow + t] % outs;
                else for (int j = 1; j < Math.min(outs, ofRow / apart); j++) if (x[n * ofRow + j * apart + t] > x[n * ofRow + best * apart + t]) best = j;
                y[(n * outs + best) * steps + t] = 1;
            }
        }
    }
}
