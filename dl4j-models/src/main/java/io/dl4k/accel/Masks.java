package io.dl4k.accel;

import io.dl4k.accel.program.LayerSpec;
import io.dl4k.accel.program.NetSpec;
import java.util.List;

/** What a mask on the features means to DL4J M2.1, as far as the programs do the same. Embeddings and pooling over time heed it; so do
 *  {@code SimpleRnn} and {@code LastTimeStep}, which restart at padding, so that their mask must have all padding at the end; {@code LSTM}
 *  and {@code Bidirectional(LSTM)} pass it on unread, but {@code MaskZeroLayer} inside finds the padding by its zeros. */
final class Masks {
    private Masks() { }

    /** Why a masked batch cannot be accelerated, or null. */
    static String refusal(NetSpec spec) {
        if (!spec.isRow()) return "a mask on a graph that branches";
        List<LayerSpec> layers = spec.layers();
        for (int i = 0; i < layers.size(); i++) {
            LayerSpec l = layers.get(i);
            if (l instanceof LayerSpec.GlobalPooling) return null;
            if (l instanceof LayerSpec.LastStep) return layers.get(i - 1) instanceof LayerSpec.Bidirectional b && b.forward() instanceof LayerSpec.Lstm && !b.skipsZeros() ? "a mask on LastTimeStep(Bidirectional)" : null;
            if (l instanceof LayerSpec.Bidirectional b) {
                if (b.forward().getClass() != b.backward().getClass()) return "a mask on Bidirectional of two kinds";
            } else if (l instanceof LayerSpec.Dense) {
                boolean output = i == layers.size() - 2 && layers.get(i + 1) instanceof LayerSpec.Activate;
                if (!output) return "a mask on a dense layer";
            } else if (l instanceof LayerSpec.Foreign f) {
                if (!f.layer().ignoresMask()) return "a mask on " + f.layer().name();
            } else if (l instanceof LayerSpec.Convolution1D c) {
                if (!c.same() || c.window().strideH() != 1) return "a mask on a convolution that changes the number of steps";
            } else if (!(l instanceof LayerSpec.Embedding || l instanceof LayerSpec.MaskSteps || l instanceof LayerSpec.Lstm || l instanceof LayerSpec.SimpleRnn || l instanceof LayerSpec.Dropout || l instanceof LayerSpec.Activate)) {
                return "a mask on " + l.getClass().getSimpleName();
            }
        }
        return null;
    }

    /** Whether the mask is still heeded at an output for every step: DL4J then lets no error from padding into the layers. */
    static boolean reachesOutput(NetSpec spec) {
        return spec.layers().stream().noneMatch(l -> l instanceof LayerSpec.Foreign || l instanceof LayerSpec.GlobalPooling || l instanceof LayerSpec.LastStep || l instanceof LayerSpec.Lstm
                || l instanceof LayerSpec.Bidirectional b && b.forward() instanceof LayerSpec.Lstm);
    }

    /** Whether a layer restarts at padding, so that padding must come last. */
    static boolean needsPaddingLast(NetSpec spec) {
        return spec.layers().stream().anyMatch(l -> l instanceof LayerSpec.SimpleRnn || l instanceof LayerSpec.LastStep
                || l instanceof LayerSpec.Bidirectional b && b.forward() instanceof LayerSpec.SimpleRnn);
    }

    /** Whether in each row of {@code steps} cells, no 0 precedes anything else, at least one cell counts, and every cell is 0 or 1. */
    static boolean paddingLast(float[] mask, int steps) {
        for (int from = 0; from < mask.length; from += steps) {
            if (mask[from] != 1) return false;
            for (int t = 1; t < steps; t++) if (mask[from + t] != 0 && (mask[from + t] != 1 || mask[from + t - 1] == 0)) return false;
        }
        return true;
    }
}
