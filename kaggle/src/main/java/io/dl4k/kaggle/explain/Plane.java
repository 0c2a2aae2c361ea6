package io.dl4k.kaggle.explain;

import io.dl4k.kaggle.page.Plot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Points of two classes in a plane.
 *
 * @param x two features a point
 * @param labels 0 or 1
 */
record Plane(List<double[]> x, List<Integer> labels) {
    private static final int CELLS = 48;
    private static final double MARGIN = 0.3;

    /** Clouds of points around centres, their classes in turn. */
    static Plane clouds(double[][] centres, int[] classes, int each, double deviation, long seed) {
        Random random = new Random(seed);
        List<double[]> x = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            for (int cloud = 0; cloud < centres.length; cloud++) {
                x.add(new double[] {centres[cloud][0] + deviation * random.nextGaussian(), centres[cloud][1] + deviation * random.nextGaussian()});
                labels.add(classes[cloud]);
            }
        }
        return new Plane(x, labels);
    }

    DataSet batch() {
        float[][] features = new float[x.size()][];
        float[][] targets = new float[x.size()][];
        for (int i = 0; i < features.length; i++) {
            features[i] = new float[] {(float) x.get(i)[0], (float) x.get(i)[1]};
            targets[i] = new float[] {labels.get(i)};
        }
        return Fit.batch(features, targets);
    }

    /** Points on the wrong side. @param net one output, the probability of class 1 */
    int errors(MultiLayerNetwork net) {
        double[][] outputs = Fit.outputs(net, batch().getFeatures());
        int errors = 0;
        for (int i = 0; i < outputs.length; i++) {
            if ((outputs[i][0] >= 0.5 ? 1 : 0) != labels.get(i)) {
                errors++;
            }
        }
        return errors;
    }

    /** What a network says everywhere, with the points and more lines on it. @param net one output, the probability of class 1 */
    Lesson.Chart chart(String caption, MultiLayerNetwork net, List<Plot.Series> more) {
        Plot.Axis across = axis(0, "x1");
        Plot.Axis up = axis(1, "x2");
        float[][] cells = new float[CELLS * CELLS][];
        for (int r = 0; r < CELLS; r++) {
            for (int c = 0; c < CELLS; c++) {
                cells[r * CELLS + c] = new float[] {(float) (across.low() + (across.high() - across.low()) * (c + 0.5) / CELLS), (float) (up.low() + (up.high() - up.low()) * (r + 0.5) / CELLS)};
            }
        }
        double[][] outputs = Fit.outputs(net, Nd4j.createFromArray(cells));
        double[] values = new double[outputs.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = outputs[i][0];
        }
        List<Plot.Series> series = new ArrayList<>(more);
        series.add(points("class 0", Plot.Tone.SECOND, 0));
        series.add(points("class 1", Plot.Tone.ACCENT, 1));
        return new Lesson.Chart(caption, across, up, Lesson.ground(CELLS, CELLS, values, true), series);
    }

    Plot.Axis axis(int feature, String name) {
        double low = x.stream().mapToDouble(point -> point[feature]).min().orElseThrow();
        double high = x.stream().mapToDouble(point -> point[feature]).max().orElseThrow();
        return new Plot.Axis(name, low - MARGIN, high + MARGIN, false);
    }

    private Plot.Series points(String name, Plot.Tone tone, int label) {
        List<Double> across = new ArrayList<>();
        List<Double> up = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            if (labels.get(i) == label) {
                across.add(x.get(i)[0]);
                up.add(x.get(i)[1]);
            }
        }
        return Lesson.series(name, Plot.Draw.POINTS, tone, across, up);
    }
}
