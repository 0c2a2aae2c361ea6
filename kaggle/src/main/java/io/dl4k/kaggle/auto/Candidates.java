package io.dl4k.kaggle.auto;

import io.dl4k.data.Table;
import io.dl4k.kaggle.features.text.TweetTokenizer;
import io.dl4k.kaggle.recipe.CandidateSpec;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.FeatureSpec;
import io.dl4k.kaggle.recipe.NetworkSpec;
import io.dl4k.kaggle.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** What is tried for a competition that nobody prepared. Small tables get small networks and many epochs, large ones the other way round. */
final class Candidates {
    /** Up to so many rows a network is trained for the most epochs; of four times as many, in which there is more to be learned, for half of them. */
    private static final int ROWS_OF_MOST_EPOCHS = 4_000;
    private static final int FEWEST_EPOCHS = 4;
    private static final int MOST_EPOCHS = 80;
    private static final int STEPS_OF_A_SERIES = 1_700;
    private static final int MOST_IMAGE_EPOCHS = 40;
    /** Words and parts of words that a linear network weighs. */
    private static final int MOST_TERMS = 30_000;
    private static final int ROWS_OF_WORDS = 16_000;
    private static final int MOST_PASSES = 12;
    /** Names and titles are shorter: their order says nothing. */
    private static final double WORDS_OF_A_SENTENCE = 5;
    private static final int ROWS_READ = 2_000;
    private static final int SHORTEST = 10;
    private static final int LONGEST = 150;
    private static final int ROWS_OF_A_SERIES = 1_000;
    private static final double SECONDS_A_DAY = 86_400;
    /** A day and the hour itself, two weeks and the day itself. */
    private static final int STEPS_OF_HOURS = 25;
    private static final int STEPS_OF_DAYS = 15;
    /** Pieces of a number: for few rows, and for many. */
    private static final int FEW_PIECES = 6;
    private static final int MANY_PIECES = 16;
    private static final int CROSSES = 20;
    private static final int BROAD = 150;
    /** With fewer rows a column, most columns are best left out: a heavy penalty finds which. */
    private static final int ROWS_A_COLUMN = 20;
    /** Below this many rows a network that may bend learns them by heart. */
    private static final int FEW_ROWS = 3_000;
    private static final int EPOCHS_OF_FEW = 30;
    /** Rows a category needs for an input of its own. */
    private static final int RARE = 5;

    private Candidates() {
    }

    /** @param recipe that leaves nothing else open  @param train read as it is */
    static List<CandidateSpec> of(Recipe recipe, Table train) {
        List<CandidateSpec> all = new ArrayList<>();
        int rows = train.rows();
        boolean texts = !recipe.columns(ColumnKind.TEXT).isEmpty();
        boolean sentences = sentences(recipe, train);
        if (recipe.images().isPresent()) {
            all.addAll(images(recipe, rows));
        }
        if (recipe.columns().values().stream().anyMatch(kind -> kind != ColumnKind.IGNORE)) {
            int batch = rows < 8_000 ? 64 : rows < 30_000 ? 128 : rows < 200_000 ? 256 : 1024;
            int epochs = (int) Math.max(FEWEST_EPOCHS, Math.min(MOST_EPOCHS, MOST_EPOCHS * Math.sqrt((double) ROWS_OF_MOST_EPOCHS / rows)));
            long columns = recipe.columns().values().stream().filter(kind -> kind != ColumnKind.IGNORE).count();
            // A thousand numbers in sixteen pieces are more inputs than there are rows.
            boolean broad = columns > BROAD;
            boolean classes = recipe.task().orElseThrow().ofClasses();
            FeatureSpec plain = new FeatureSpec(false, true, words(texts), 0, RARE, 0, 0);
            FeatureSpec ranks = new FeatureSpec(true, true, words(texts), 0, RARE, 0, CROSSES);
            FeatureSpec few = new FeatureSpec(false, true, words(texts), 0, RARE, broad ? 0 : FEW_PIECES, CROSSES);
            FeatureSpec many = new FeatureSpec(false, true, words(texts), 0, RARE, broad ? 0 : MANY_PIECES, CROSSES);
            FeatureSpec calm = new FeatureSpec(true, true, words(texts), 0, RARE, 0, 0);
            all.add(mlp("mlp-small", new NetworkSpec.Mlp(List.of(32, 16), NetworkSpec.Bend.LEAKY_RELU, 0.3, 0, 1e-3), plain, epochs, batch, 5e-3));
            all.add(mlp("mlp", new NetworkSpec.Mlp(List.of(256), NetworkSpec.Bend.GELU, 0.2, 0.2, false, 0, 1e-2, true), few, epochs, batch, 2e-3));
            // Hardly held back: what is without luck, or has many rows, is to be learned by heart.
            all.add(mlp("mlp-fit", new NetworkSpec.Mlp(List.of(256, 256, 128), NetworkSpec.Bend.GELU, 0.1, 0, false, 0, 1e-4, true), many, epochs, batch, 1e-3));
            all.add(mlp("mlp-calm", new NetworkSpec.Mlp(List.of(256, 128), NetworkSpec.Bend.GELU, 0.2, 0, 1e-3), calm, epochs, batch, 1e-3));
            if (!sentences) {
                // Where there are sentences these take most of the time, with thousands of words each, and say what the others do.
                all.add(mlp("mlp-wide", new NetworkSpec.Mlp(List.of(256, 128), NetworkSpec.Bend.LEAKY_RELU, 0.4, 0.1, 1e-3), ranks, epochs, batch, 1e-3));
                all.add(mlp("mlp-deep", new NetworkSpec.Mlp(List.of(128, 64), NetworkSpec.Bend.GELU, 0.2, 0, 1e-3), plain, epochs, batch, 3e-3));
                if (!broad) {
                    all.add(mlp("mlp-pieces", new NetworkSpec.Mlp(List.of(128, 64), NetworkSpec.Bend.GELU, 0.2, 0, 1e-4), many, epochs, batch, 2e-3));
                }
                all.add(mlp("mlp-levels", new NetworkSpec.Mlp(List.of(64, 32), NetworkSpec.Bend.LEAKY_RELU, 0.3, 0, 3e-3), new FeatureSpec(true, false, words(texts), 0, 3, 0, 0), epochs,
                        batch, 3e-3));
                all.add(mlp("mlp-plain", new NetworkSpec.Mlp(List.of(256, 128), NetworkSpec.Bend.GELU, 0.1, 0, 1e-4), plain, epochs, batch, 2e-3));
                all.add(mlp("mlp-ranks", new NetworkSpec.Mlp(List.of(256, 128), NetworkSpec.Bend.GELU, 0.1, 0, 1e-4), ranks, epochs, batch, 2e-3));
            }
            if (classes && rows < FEW_ROWS) {
                // Held back to little more than a sum of their inputs, and without words that stand in a few names.
                int read = sentences ? words(texts) : 0;
                FeatureSpec crossed = new FeatureSpec(false, true, read, 0, RARE, 0, CROSSES);
                FeatureSpec bare = new FeatureSpec(false, true, read, 0, RARE, 0, 0);
                all.add(mlp("mlp-held-back", new NetworkSpec.Mlp(List.of(32), NetworkSpec.Bend.LEAKY_RELU, 0.4, 0.1, 2e-2), crossed, EPOCHS_OF_FEW, 32, 3e-3));
                all.add(mlp("mlp-dropped", new NetworkSpec.Mlp(List.of(64), NetworkSpec.Bend.GELU, 0.5, 0.5, 1e-2), bare, epochs, 32, 2e-3));
                all.add(mlp("linear-ridge", new NetworkSpec.Mlp(List.of(), NetworkSpec.Bend.RELU, 0, 0, 0.1), bare, epochs, batch, 1e-2));
                all.add(mlp("linear-heavy", new NetworkSpec.Mlp(List.of(), NetworkSpec.Bend.RELU, 0, 0, 1), bare, epochs, batch, 1e-2));
            }
            if (texts) {
                FeatureSpec terms = new FeatureSpec(false, true, MOST_TERMS, MOST_TERMS, RARE, 0, 0);
                int passes = passes(rows);
                all.add(mlp("terms", new NetworkSpec.Mlp(List.of(), NetworkSpec.Bend.RELU, 0, 0, 0), terms, passes, batch, 1e-2));
                all.add(mlp("terms-hidden", new NetworkSpec.Mlp(List.of(32), NetworkSpec.Bend.LEAKY_RELU, 0.5, 0, 0), terms, passes, batch, 1e-3));
            }
            all.add(mlp("linear", new NetworkSpec.Mlp(List.of(), NetworkSpec.Bend.RELU, 0, 0, false, 2e-3, 0, false), ranks, epochs, batch, classes ? 1e-2 : 2e-2));
            if (!classes) {
                all.add(mlp("linear-robust", new NetworkSpec.Mlp(List.of(), NetworkSpec.Bend.RELU, 0, 0, false, 2e-3, 0, true), ranks, epochs, batch, 2e-2));
            }
            if (columns * ROWS_A_COLUMN > rows) {
                all.add(mlp("linear-few", new NetworkSpec.Mlp(List.of(), NetworkSpec.Bend.RELU, 0, 0, false, 3e-2, 0, false), plain, epochs, batch, 1e-2));
            }
        }
        if (sentences) {
            all.add(CandidateSpec.of("lstm", new NetworkSpec.Lstm(64, 64, true, NetworkSpec.Pool.MAX, 0.45, length(recipe, train)), FeatureSpec.DEFAULT, passes(rows), 64, 2e-3));
        }
        series(recipe, train).ifPresent(all::add);
        return all;
    }

    /** Epochs over texts: after a few thousand rows the words are known, and more would learn the rows by heart. */
    private static int passes(int rows) {
        return Math.max(2, Math.min(MOST_PASSES, ROWS_OF_WORDS / rows));
    }

    private static boolean sentences(Recipe recipe, Table train) {
        return recipe.columns(ColumnKind.TEXT).stream().mapToDouble(name -> Look.words(train.column(name))).sum() >= WORDS_OF_A_SENTENCE;
    }

    /** Words that nearly all rows have at most. */
    private static int length(Recipe recipe, Table train) {
        int[] words = IntStream.range(0, Math.min(train.rows(), ROWS_READ)).map(i -> (int) ((long) i * train.rows() / Math.min(train.rows(), ROWS_READ)))
                .map(row -> recipe.columns(ColumnKind.TEXT).stream().mapToInt(name -> {
                    String text = train.column(name).text(row);
                    return text == null ? 0 : TweetTokenizer.tokens(text).size();
                }).sum()).sorted().toArray();
        return Math.max(SHORTEST, Math.min(LONGEST, words[(int) (0.97 * (words.length - 1))]));
    }

    /** An LSTM over the rows before, where rows are a series and hold more than their date. */
    private static Optional<CandidateSpec> series(Recipe recipe, Table train) {
        boolean alone = recipe.columns().values().stream().filter(kind -> kind != ColumnKind.IGNORE).count() < 2;
        if (alone || train.rows() < ROWS_OF_A_SERIES) {
            return Optional.empty();
        }
        for (String name : recipe.columns(ColumnKind.DATE)) {
            OptionalDouble unit = SeriesEncoder.unit(SeriesEncoder.moments(train.column(name), TablePreparation.dates(train, train.column(name))));
            if (unit.isPresent()) {
                int steps = unit.getAsDouble() < SECONDS_A_DAY ? STEPS_OF_HOURS : STEPS_OF_DAYS;
                int epochs = Math.max(FEWEST_EPOCHS, Math.min(MOST_IMAGE_EPOCHS, STEPS_OF_A_SERIES * 64 / train.rows()));
                return Optional.of(CandidateSpec.of("series", new NetworkSpec.Series(name, steps, 48, 0.2, 1e-4), Networks.ROWS_OF_A_SERIES, epochs, 64, 3e-3));
            }
        }
        return Optional.empty();
    }

    private static int words(boolean texts) {
        return texts ? 2_000 : 0;
    }

    private static CandidateSpec mlp(String name, NetworkSpec.Mlp network, FeatureSpec features, int epochs, int batch, double rate) {
        return CandidateSpec.of(name, network, features, epochs, batch, rate);
    }

    /** The network that reads handwritten digits best, shrunk to the images' size. */
    private static List<CandidateSpec> images(Recipe recipe, int rows) {
        int side = Math.min(recipe.images().orElseThrow().height(), recipe.images().orElseThrow().width());
        List<List<Integer>> blocks = side >= 16 ? List.of(List.of(32), List.of(64, 64)) : List.of(List.of(32), List.of(64));
        double shift = side >= 16 ? 2 : 0;
        double turn = side >= 16 ? 10 : 0;
        int epochs = Math.max(FEWEST_EPOCHS, Math.min(MOST_IMAGE_EPOCHS, 600_000 / rows));
        return List.of(CandidateSpec.of("cnn", new NetworkSpec.Cnn(blocks, 3, true, side >= 16 ? 256 : 64, 0.4, shift, turn, side >= 16 ? 0.1 : 0), FeatureSpec.DEFAULT, epochs, 64, 2e-3));
    }
}
