package io.dl4k.kaggle.explain;

import io.dl4k.models.Activation;
import io.dl4k.models.Cnn;
import io.dl4k.models.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A trained convolutional network on one digit. */
final class Convolution implements Topic {
    private static final int TRAINING = 1024;
    private static final int EPOCHS = 12;
    private static final int FILTERS = 8;
    private static final int SECOND_FILTERS = 12;
    private static final int KERNEL = 3;
    private static final int POOL = 2;
    private static final int SIDE = SampleDigits.SIDE;
    /** Where a unit of the second convolution lies whose receptive field is measured. */
    private static final int PLACE = 1;
    /** A share of the largest change below which none is meant. */
    private static final double ROUNDING = 1e-4;

    /** Maps of a layer. @param values of each map, row after row */
    record Maps(int side, List<double[]> values) {
    }

    /**
     * What was found.
     *
     * @param filters 3x3 weights of the first layer  @param probabilities of the classes for the digit
     * @param field for each pixel of the image, by how much it moves the second convolution's unit, at most  @param fieldSide rows of the image that move it
     */
    record Found(double[] digit, int label, double accuracy, List<double[]> filters, Maps first, Maps pooled, Maps second, double[] probabilities, double[] field, int fieldSide) {
    }

    /** Pixels a unit of the second convolution sees along a side: its own kernel over pooled cells, each cell a window over the first kernel's outputs. */
    static int receptiveField() {
        return KERNEL + (POOL - 1) + (KERNEL - 1) * POOL;
    }

    static Found find(long seed) {
        SampleDigits digits = SampleDigits.read();
        SampleDigits training = digits.range(0, TRAINING);
        SampleDigits held = digits.range(TRAINING, digits.count());
        MultiLayerNetwork net = Cnn.images(SIDE, SIDE, 1).conv(FILTERS, KERNEL).maxPool(POOL).conv(SECOND_FILTERS, KERNEL).dense(32).classes(SampleDigits.CLASSES).activation(Activation.LEAKY_RELU)
                .optimizer(Optimizer.adam(3e-3)).seed(seed).build();
        List<DataSet> batches = new ArrayList<>();
        for (DataSet batch : Fit.batches(training.pixels(), training.oneHot(), 64, seed)) {
            batches.add(new DataSet(batch.getFeatures().reshape('c', 64, 1, SIDE, SIDE), batch.getLabels()));
        }
        Fit.losses(net, batches, EPOCHS * batches.size());
        SampleDigits one = held.range(0, 1);
        List<INDArray> activations = net.feedForward(one.images(), false);
        List<double[]> filters = new ArrayList<>();
        for (int f = 0; f < FILTERS; f++) {
            filters.add(net.getParam("0_W").get(NDArrayIndex.point(f), NDArrayIndex.point(0)).dup('c').data().asDouble());
        }
        double[] digit = DoubleStream.iterate(0, i -> i < SIDE * SIDE, i -> i + 1).map(i -> one.pixels()[0][(int) i]).toArray();
        double[] field = field(net);
        return new Found(digit, one.labels()[0], held.accuracy(net, held.images()), filters, maps(activations.get(1)), maps(activations.get(2)), maps(activations.get(3)),
                activations.get(activations.size() - 1).toDoubleMatrix()[0], field, side(field));
    }

    private static Maps maps(INDArray activation) {
        List<double[]> maps = new ArrayList<>();
        for (int c = 0; c < activation.size(1); c++) {
            maps.add(activation.get(NDArrayIndex.point(0), NDArrayIndex.point(c)).dup('c').data().asDouble());
        }
        return new Maps((int) activation.size(2), maps);
    }

    /** Each pixel is moved in some grey image; what moves of the unit, in any map, is the field. Several images, because pooling hides all but the largest. */
    private static double[] field(MultiLayerNetwork net) {
        double[] field = new double[SIDE * SIDE];
        java.util.Random random = new java.util.Random(0);
        for (int image = 0; image < 4; image++) {
            float[][] changed = new float[SIDE * SIDE + 1][SIDE * SIDE];
            for (int i = 0; i < SIDE * SIDE; i++) {
                changed[0][i] = random.nextFloat();
            }
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                changed[pixel + 1] = changed[0].clone();
                changed[pixel + 1][pixel] += 1;
            }
            INDArray maps = net.feedForwardToLayer(2, Nd4j.createFromArray(changed).reshape('c', changed.length, 1, SIDE, SIDE), false).get(3);
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                for (int map = 0; map < SECOND_FILTERS; map++) {
                    field[pixel] = Math.max(field[pixel], Math.abs(maps.getDouble(pixel + 1, map, PLACE, PLACE) - maps.getDouble(0, map, PLACE, PLACE)));
                }
            }
        }
        return field;
    }

    private static int side(double[] field) {
        // Less is rounding: wide registers add up the same numbers of an image in another order at another place of a batch.
        double least = ROUNDING * DoubleStream.of(field).max().orElseThrow();
        int rows = 0;
        for (int r = 0; r < SIDE; r++) {
            boolean moves = false;
            for (int c = 0; c < SIDE; c++) {
                moves |= field[r * SIDE + c] > least;
            }
            rows += moves ? 1 : 0;
        }
        return rows;
    }

    @Override
    public String name() {
        return "cnn";
    }

    @Override
    public String title() {
        return "Convolutional network";
    }

    @Override
    public String summary() {
        return "A convolution slides a few small filters over the image and asks at each place: how much does it look like this here?";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        int best = 0;
        for (int k = 1; k < SampleDigits.CLASSES; k++) {
            best = found.probabilities()[k] > found.probabilities()[best] ? k : best;
        }
        String says = String.format(Locale.ROOT, "the image is a %d; the network says %d with probability %.3f", found.label(), best, found.probabilities()[best]);
        List<Lesson.Picture> filters = new ArrayList<>();
        double strongest = found.filters().stream().flatMapToDouble(DoubleStream::of).map(Math::abs).max().orElseThrow();
        for (int f = 0; f < FILTERS; f++) {
            filters.add(new Lesson.Picture("filter " + (f + 1), KERNEL, DoubleStream.of(found.filters().get(f)).map(w -> 0.5 + w / strongest / 2).boxed().toList()));
        }
        List<List<String>> rows = new ArrayList<>();
        for (int k = 0; k < SampleDigits.CLASSES; k++) {
            rows.add(List.of(String.valueOf(k), String.format(Locale.ROOT, "%.4f", found.probabilities()[k])));
        }
        double largest = DoubleStream.of(found.field()).max().orElseThrow();
        return new Lesson(List.of(String.format(Locale.ROOT, "trained on %d digits of 8x8 pixels: accuracy %.3f on held-out ones", TRAINING, found.accuracy()), says,
                String.format(Locale.ROOT, "receptive field of a unit of the second convolution: %d x %d pixels by the formula, %d x %d measured", receptiveField(), receptiveField(), found.fieldSide(), found.fieldSide())),
                List.of(new Lesson.Section("One digit", new Lesson.Words(String.format(Locale.ROOT, "Trained on %d digits, right on %.1f%% of others. This one it has not seen:", TRAINING, 100 * found.accuracy())),
                        new Lesson.Pictures("The image, 8x8 pixels.", List.of(picture("a " + found.label(), SIDE, found.digit(), 0, 1))), new Lesson.Words(capital(says) + ".")),
                        new Lesson.Section("Filters", new Lesson.Pictures("The first layer's " + FILTERS + " filters, 3x3 weights each. Grey is 0, white positive, black negative. All were learned.", filters),
                                new Lesson.Formula("map(row, column) = f(b + Σ filter(i, j) · image(row + i - 1, column + j - 1))")),
                        new Lesson.Section("Feature maps", maps("What each filter finds in the digit, and where: white is most.", found.first()),
                                maps("After max pooling: of each 2x2 window the largest value. Half the side, a little shift no longer matters.", found.pooled()),
                                maps("The second convolution's " + SECOND_FILTERS + " maps. Each of its filters looks at all " + FILTERS + " maps above.", found.second())),
                        new Lesson.Section("Receptive field", new Lesson.Pictures(String.format(Locale.ROOT, "How much each pixel moves one unit of the second convolution (row %d, column %d), measured by changing each pixel in turn.", PLACE + 1, PLACE + 1),
                                List.of(picture("field", SIDE, found.field(), 0, largest))),
                                new Lesson.Words(String.format(Locale.ROOT, "A 3x3 window over 2x2 windows over 3x3 windows sees %d x %d pixels, those at the edge of the image cut off: %d x %d here. Deeper units see more of the image.",
                                        receptiveField(), receptiveField(), found.fieldSide(), found.fieldSide()))),
                        new Lesson.Section("The answer", new Lesson.Words("A dense layer over all maps and softmax make ten probabilities of them."), new Lesson.Table(List.of("digit", "probability"), rows))));
    }

    private static Lesson.Pictures maps(String caption, Maps maps) {
        double low = maps.values().stream().flatMapToDouble(DoubleStream::of).min().orElseThrow();
        double high = maps.values().stream().flatMapToDouble(DoubleStream::of).max().orElseThrow();
        List<Lesson.Picture> pictures = new ArrayList<>();
        for (int i = 0; i < maps.values().size(); i++) {
            pictures.add(picture("map " + (i + 1), maps.side(), maps.values().get(i), Math.min(0, low), high));
        }
        return new Lesson.Pictures(caption, pictures);
    }

    private static Lesson.Picture picture(String label, int columns, double[] values, double low, double high) {
        return new Lesson.Picture(label, columns, DoubleStream.of(values).map(v -> (v - low) / (high - low)).boxed().toList());
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
