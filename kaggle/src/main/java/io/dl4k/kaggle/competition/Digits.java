package io.dl4k.kaggle.competition;

import io.dl4k.data.Augmentation;
import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.ImageLayout;
import io.dl4k.data.ImageView;
import io.dl4k.data.Labels;
import io.dl4k.data.Pixels;
import io.dl4k.data.Table;
import io.dl4k.metrics.Metrics;
import io.dl4k.models.Cnn;
import io.dl4k.models.Mlp;
import io.dl4k.models.Padding;
import io.dl4k.models.Rnn;
import io.dl4k.training.Fold;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Handwritten digits in the layout of Kaggle's Digit Recognizer: columns {@code label, pixel0, pixel1, …}, one image a row.
 *
 * <p>{@link #recognizer()} is the competition itself, 28x28, by convolutional networks with batch normalisation and augmentation. {@link #sample()} is
 * the 8x8 set that comes with DL4K, small enough to train an MLP, a CNN and an LSTM on it in one go and compare them.
 */
final class Digits implements Competition {
    private static final String PIXEL = "pixel";
    /** The largest value of a pixel in a batch's source. */
    private static final int WHITE = 255;
    /** Turned by degrees, larger and smaller, and moved by a pixel: 33 and 38 errors in 8,400 rows with them for 37 and 40 with the turned ones alone. */
    private static final List<ImageView> OTHER_VIEWS = List.of(new ImageView(0, 0, 6, 1), new ImageView(0, 0, -6, 1), new ImageView(0, 0, 0, 1.07), new ImageView(0, 0, 0, 0.93),
            ImageView.shifted(1, 0), ImageView.shifted(-1, 0), ImageView.shifted(0, 1), ImageView.shifted(0, -1));

    private final Info info;
    private final int side;
    private final int maximum;
    /** Folds are parts of the rows, of which there are at least so many; those beyond the folds asked for are never held out. */
    private final int parts;
    private final List<Candidate> candidates;

    private Digits(Info info, int side, int maximum, int parts, List<Candidate> candidates) {
        this.info = info;
        this.side = side;
        this.maximum = maximum;
        this.parts = parts;
        this.candidates = List.copyOf(candidates);
    }

    /**
     * Kaggle's Digit Recognizer: MNIST, 28x28 pixels from 0 to 255.
     *
     * <p>The network is small for its score, so that five fit into ten minutes: convolutions without padding, since the digits keep off the edge, and one
     * layer only at full size. Shapes are bent while training, and turned, scaled and moved while predicting. A residual network as cheap erred on a quarter more digits
     * and helped no vote.
     */
    static Digits recognizer() {
        Info info = new Info("digit-recognizer", List.of("digits"), "Digit Recognizer", List.of("label"), Metrics.ACCURACY, 5, 1);
        PixelEncoder images = new PixelEncoder(28, WHITE, Form.IMAGE, OTHER_VIEWS);
        Augmentation handwriting = new Augmentation(1.5, 10, 0.1, 0).withShear(0.15).withBend(2);
        return new Digits(info, 28, WHITE, HOLD_OUT_PART, List.of(new Candidate("cnn", Family.CNN, new PixelPreparation(images, handwriting),
                (encoder, classes, seed) -> Cnn.images(28, 28, 1).padding(Padding.VALID).conv(32, 5).maxPool(2).batchNorm().conv(64, 3).batchNorm().conv(64, 3)
                        .maxPool(2).batchNorm().dense(128).classes(classes).seed(seed).build(),
                new Candidate.Recipe(10, 64, 2e-3))));
    }

    /** The embedded sample: the UCI digits, 8x8 pixels from 0 to 16. */
    static Digits sample() {
        Info info = new Info("digits-8x8", List.of("sample"), "UCI handwritten digits (embedded sample)", List.of("label"), Metrics.ACCURACY, 5, 1);
        return new Digits(info, 8, 16, 1, List.of(
                new Candidate("mlp", Family.MLP, new PixelPreparation(new PixelEncoder(8, 16, Form.FLAT), Augmentation.NONE),
                        (encoder, classes, seed) -> Mlp.classifier(64, classes).hidden(128, 64).dropout(0.2).seed(seed).build(),
                        new Candidate.Recipe(20, 32, 3e-3)),
                new Candidate("cnn", Family.CNN, new PixelPreparation(new PixelEncoder(8, 16, Form.IMAGE), Augmentation.NONE),
                        (encoder, classes, seed) -> Cnn.images(8, 8, 1).conv(16, 3).maxPool(2).conv(32, 2).dense(64).dropout(0.2).classes(classes).seed(seed).build(),
                        new Candidate.Recipe(20, 32, 3e-3)),
                new Candidate("lstm", Family.LSTM, new PixelPreparation(new PixelEncoder(8, 16, Form.SEQUENCE), Augmentation.NONE),
                        (encoder, classes, seed) -> Rnn.features(8).lstm(48).lastStep().classes(classes).seed(seed).build(),
                        new Candidate.Recipe(25, 32, 6e-3))));
    }

    @Override
    public Info info() {
        return info;
    }

    @Override
    public List<Candidate> candidates() {
        return candidates;
    }

    @Override
    public Table read(CsvSource csv) {
        Table table = Table.read(csv);
        List<String> names = table.columnNames().stream().filter(Digits::isPixel).toList();
        if (names.size() != side * side) {
            throw DataException.in(csv.name(), "it has " + names.size() + " columns named pixel0, pixel1, …, expected " + side * side + " (" + side + "x" + side + ").");
        }
        for (int i = 0; i < names.size(); i++) {
            if (!names.get(i).equals(PIXEL + i)) {
                throw DataException.in(csv.name(), "its pixel columns are out of order: expected '" + PIXEL + i + "', found '" + names.get(i) + "'.");
            }
        }
        requireRange(table, pixelsOf(table));
        return table;
    }

    /** Columns refuse more than 255 themselves. */
    private void requireRange(Table table, Pixels pixels) {
        for (int row = 0; row < pixels.rows() && maximum < WHITE; row++) {
            for (int pixel = 0; pixel < pixels.size(); pixel++) {
                if (pixels.get(row, pixel) > maximum) {
                    throw DataException.at(table.name(), table.line(row), PIXEL + pixel, "expected a pixel from 0 to " + maximum + ", found '" + pixels.get(row, pixel) + "'.");
                }
            }
        }
    }

    /** A few tenths of many rows tell enough of the score, and leave each network nine tenths to learn from. */
    @Override
    public List<Fold> split(Table train, Targets targets, int folds, long seed) {
        int of = Math.min(parts, targets.rows());
        return folds == 1 || folds >= of ? Competition.super.split(train, targets, folds, seed) : Competition.super.split(train, targets, of, seed).subList(0, folds);
    }

    private static boolean isPixel(String column) {
        return column.startsWith(PIXEL);
    }

    private static Pixels pixelsOf(Table table) {
        return table.pixels(Digits::isPixel);
    }

    /** How an image is given to the network. */
    enum Form {
        /** {@code [batch, pixels]}. */
        FLAT,
        /** {@code [batch, 1, height, width]}. */
        IMAGE,
        /** Row after row of the image as a sequence: {@code [batch, width, height]}. */
        SEQUENCE
    }

    /**
     * Pixels scaled to [0, 1].
     *
     * @param side height and width of an image
     * @param maximum value of a white pixel
     * @param form of the network's input
     * @param otherViews of an image that are predicted beside it
     */
    record PixelEncoder(int side, int maximum, Form form, List<ImageView> otherViews) implements Encoder {
        PixelEncoder {
            otherViews = List.copyOf(otherViews);
            if (form != Form.IMAGE && !otherViews.isEmpty()) {
                throw new IllegalArgumentException("only images have other views, not " + form);
            }
        }

        /** Without other views. */
        PixelEncoder(int side, int maximum, Form form) {
            this(side, maximum, form, List.of());
        }

        @Override
        public boolean rowByRow() {
            return true;
        }

        @Override
        public int width() {
            return side * side;
        }

        @Override
        public BatchSource batches(Table table, int[] rows, int batchSize) {
            return source(table, rows, Labels.none(), batchSize, OptionalLong.empty(), Augmentation.NONE);
        }

        @Override
        public List<BatchSource> views(Table table, int[] rows, int batchSize) {
            if (otherViews.isEmpty()) {
                return List.of(batches(table, rows, batchSize));
            }
            Pixels pixels = pixels(table);
            Stream<BatchSource> others = otherViews.stream().map(view -> Batches.ofImages(pixels, rows, side, side, 1, batchSize, view, ImageLayout.NCHW));
            return Stream.concat(Stream.of(batches(table, rows, batchSize)), others).toList();
        }

        BatchSource source(Table table, int[] rows, Labels labels, int batchSize, OptionalLong seed, Augmentation augmentation) {
            Pixels pixels = pixels(table);
            return switch (form) {
                case IMAGE -> Batches.ofImages(pixels, labels, rows, side, side, 1, batchSize, seed, augmentation, ImageLayout.NCHW);
                case FLAT -> Batches.ofRows(scaled(pixels), side * side, labels, rows, batchSize, seed);
                case SEQUENCE -> Batches.ofSequences(scaled(pixels), side, side, lengths(pixels.rows()), labels, rows, batchSize, seed);
            };
        }

        /** The table's pixels; where white is less than 255, stretched to it, since batches scale from there. */
        private Pixels pixels(Table table) {
            Pixels pixels = pixelsOf(table);
            if (maximum == WHITE) {
                return pixels;
            }
            byte[] stretched = new byte[Math.multiplyExact(pixels.rows(), pixels.size())];
            for (int row = 0, at = 0; row < pixels.rows(); row++) {
                for (int pixel = 0; pixel < pixels.size(); pixel++) {
                    stretched[at++] = (byte) (pixels.get(row, pixel) * WHITE / maximum);
                }
            }
            return Pixels.of(stretched, pixels.size());
        }

        private static float[] scaled(Pixels pixels) {
            float[] values = new float[Math.multiplyExact(pixels.rows(), pixels.size())];
            for (int row = 0, at = 0; row < pixels.rows(); row++) {
                for (int pixel = 0; pixel < pixels.size(); pixel++) {
                    values[at++] = pixels.get(row, pixel) / (float) WHITE;
                }
            }
            return values;
        }

        /** Every image has all its rows. */
        private int[] lengths(int images) {
            int[] lengths = new int[images];
            Arrays.fill(lengths, side);
            return lengths;
        }
    }

    private record PixelPreparation(PixelEncoder encoder, Augmentation augmentation) implements Preparation {
        @Override
        public Fitted fit(Table train, int[] rows, FoldTargets targets) {
            return new Fitted(encoder, (batchSize, seed) -> encoder.source(train, rows, targets.labels(), batchSize,
                    OptionalLong.of(seed), augmentation));
        }

        @Override
        public Class<PixelEncoder> encoderType() {
            return PixelEncoder.class;
        }
    }
}
