package io.dl4k.kaggle.explain;

import io.dl4k.data.Pixels;
import io.dl4k.data.Table;
import io.dl4k.kaggle.competition.Competitions;
import java.util.Arrays;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The embedded digits, in an order of their own.
 *
 * @param pixels of each image, row after row, 0 to 1
 * @param labels 0 to 9
 */
record SampleDigits(float[][] pixels, int[] labels) {
    static final int SIDE = 8;
    static final int CLASSES = 10;
    private static final float WHITE = 16;
    /** Always the same, so that every topic and seed has the same images. */
    private static final int ORDER = 1;

    static SampleDigits read() {
        Table table = Competitions.sample().read(Competitions.sampleFiles().train());
        Pixels images = table.pixels(name -> name.startsWith("pixel"));
        float[][] pixels = new float[table.rows()][images.size()];
        int[] labels = new int[table.rows()];
        for (int row = 0; row < labels.length; row++) {
            for (int i = 0; i < images.size(); i++) {
                pixels[row][i] = images.get(row, i) / WHITE;
            }
            labels[row] = (int) table.numbers("label").value(row);
        }
        // In the file's order the last are of other writers than the first.
        java.util.Random random = new java.util.Random(ORDER);
        for (int i = labels.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            float[] image = pixels[i];
            pixels[i] = pixels[j];
            pixels[j] = image;
            int label = labels[i];
            labels[i] = labels[j];
            labels[j] = label;
        }
        return new SampleDigits(pixels, labels);
    }

    SampleDigits range(int from, int to) {
        return new SampleDigits(Arrays.copyOfRange(pixels, from, to), Arrays.copyOfRange(labels, from, to));
    }

    int count() {
        return labels.length;
    }

    float[][] oneHot() {
        float[][] targets = new float[labels.length][CLASSES];
        for (int i = 0; i < labels.length; i++) {
            targets[i][labels[i]] = 1;
        }
        return targets;
    }

    /** {@code [rows, 64]}. */
    INDArray flat() {
        return Nd4j.createFromArray(pixels);
    }

    /** {@code [rows, 1, 8, 8]}. */
    INDArray images() {
        return flat().reshape('c', labels.length, 1, SIDE, SIDE);
    }

    /** Share of the images that a network takes for what they are. @param features as it takes them */
    double accuracy(MultiLayerNetwork net, INDArray features) {
        double[][] outputs = Fit.outputs(net, features);
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int best = 0;
            for (int k = 1; k < CLASSES; k++) {
                best = outputs[i][k] > outputs[i][best] ? k : best;
            }
            right += best == labels[i] ? 1 : 0;
        }
        return right / (double) labels.length;
    }
}
