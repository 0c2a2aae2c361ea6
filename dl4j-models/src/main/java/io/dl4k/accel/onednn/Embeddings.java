package io.dl4k.accel.onednn;

import io.dl4k.accel.program.LayerSpec;
import io.dl4k.accel.program.Op;
import java.nio.FloatBuffer;

/** Rows of a matrix that is stored column by column: a word vector is every vocabulary-th float. */
final class Embeddings {
    private Embeddings() { }

    private static int token(float value, int vocabulary) {
        int token = (int) value;
        if (token < 0 || token >= vocabulary) throw new IllegalArgumentException("token " + value + " is outside the vocabulary of 0 to " + (vocabulary - 1));
        return token;
    }

    static void gather(Plan plan, Op.Embedding op, Tensor tokens, Tensor to, Tensor weights, Tensor bias) {
        LayerSpec.Embedding spec = op.spec();
        int vocabulary = spec.vocabulary();
        int out = spec.out();
        float[] row = new float[out];
        float[] b = new float[out];
        plan.call("embedding", () -> {
            FloatBuffer w = weights.floats();
            if (bias != null) bias.floats().get(0, b);
            for (int i = 0; i < tokens.length(); i++) {
                int at = token(tokens.floats().get(i), vocabulary);
                for (int f = 0; f < out; f++, at += vocabulary) row[f] = w.get(at);
                if (bias != null) for (int f = 0; f < out; f++) row[f] += b[f];
                to.floats().put(i * out, row);
            }
        }, tokens, to);
    }

    static void scatter(Plan plan, Op.Embedding op, Tensor tokens, Tensor g, Tensor weights, Tensor bias) {
        LayerSpec.Embedding spec = op.spec();
        int vocabulary = spec.vocabulary();
        int out = spec.out();
        float[] row = new float[out];
        float[] b = new float[out];
        float[] zeros = new float[Math.min(vocabulary, 4096)];
        plan.call("embedding gradient", () -> {
            FloatBuffer w = weights.floats();
            for (int at = 0; at < w.limit(); at += zeros.length) w.put(at, zeros, 0, Math.min(zeros.length, w.limit() - at));
            java.util.Arrays.fill(b, 0);
            for (int i = 0; i < tokens.length(); i++) {
                int at = token(tokens.floats().get(i), vocabulary);
                g.floats().get(i * out, row);
                for (int f = 0; f < out; f++, at += vocabulary) w.put(at, w.get(at) + row[f]);
                for (int f = 0; f < out; f++) b[f] += row[f];
            }
            if (bias != null) bias.floats().put(0, b);
        }, tokens, g);
    }
}
