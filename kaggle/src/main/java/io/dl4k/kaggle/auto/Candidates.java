package io.dl4k.kaggle.auto;

import io.dl4k.kaggle.recipe.CandidateSpec;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.FeatureSpec;
import io.dl4k.kaggle.recipe.NetworkSpec;
import io.dl4k.kaggle.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;

/** What is tried for a competition that nobody prepared. Small tables get small networks and many epochs, large ones the other way round. */
final class Candidates {
    /** Steps that train a network well enough, whatever the number of rows. */
    private static final int STEPS = 2_500;
    /** Of many rows there is more to be learned. */
    private static final int MOST_STEPS = 8_000;
    private static final int MANY_ROWS = 30_000;
    private static final int FEWEST_EPOCHS = 4;
    private static final int MOST_EPOCHS = 80;
    private static final int MOST_IMAGE_EPOCHS = 40;
    private static final int WORDS_OF_A_TWEET = 40;
    /** Pieces of a number: for few rows, and for many. */
    private static final int FEW_PIECES = 6;
    private static final int MANY_PIECES = 16;
    private static final int CROSSES = 20;
    /** Rows a category needs for an input of its own. */
    private static final int RARE = 5;

    private Candidates() {
    }

    /** @param rows of the training table */
    static List<CandidateSpec> of(Recipe recipe, int rows) {
        List<CandidateSpec> all = new ArrayList<>();
        boolean texts = !recipe.columns(ColumnKind.TEXT).isEmpty();
        if (recipe.images().isPresent()) {
            all.addAll(images(recipe, rows));
        }
        if (recipe.columns().values().stream().anyMatch(kind -> kind != ColumnKind.IGNORE)) {
            int batch = rows < MANY_ROWS ? 64 : rows < 200_000 ? 256 : 1024;
            int epochs = Math.max(FEWEST_EPOCHS, Math.min(MOST_EPOCHS, (rows < MANY_ROWS ? STEPS : MOST_STEPS) * batch / rows));
            FeatureSpec plain = new FeatureSpec(false, true, words(texts), RARE, 0, 0);
            FeatureSpec ranks = new FeatureSpec(true, true, words(texts), RARE, 0, CROSSES);
            FeatureSpec few = new FeatureSpec(false, true, words(texts), RARE, FEW_PIECES, CROSSES);
            FeatureSpec many = new FeatureSpec(false, true, words(texts), RARE, MANY_PIECES, CROSSES);
            all.add(mlp("mlp-small", new NetworkSpec.Mlp(List.of(32, 16), NetworkSpec.Bend.LEAKY_RELU, 0.3, 0, 1e-3), plain, epochs, batch, 5e-3));
            all.add(mlp("mlp", new NetworkSpec.Mlp(List.of(256), NetworkSpec.Bend.GELU, 0.2, 0.2, false, 0, 1e-2, true), few, epochs, batch, 2e-3));
            all.add(mlp("mlp-wide", new NetworkSpec.Mlp(List.of(256, 128), NetworkSpec.Bend.LEAKY_RELU, 0.4, 0.1, 1e-3), ranks, epochs, batch, 1e-3));
            all.add(mlp("mlp-deep", new NetworkSpec.Mlp(List.of(96, 64, 32), NetworkSpec.Bend.GELU, 0.1, 0, 1e-4), plain, epochs, batch, 2e-3));
            all.add(mlp("mlp-pieces", new NetworkSpec.Mlp(List.of(128, 64), NetworkSpec.Bend.GELU, 0.2, 0, 1e-4), many, epochs, batch, 2e-3));
            all.add(mlp("mlp-levels", new NetworkSpec.Mlp(List.of(64, 32), NetworkSpec.Bend.LEAKY_RELU, 0.3, 0, 3e-3), new FeatureSpec(true, false, words(texts), 3, 0, 0), epochs, batch,
                    3e-3));
            if (texts) {
                all.add(mlp("linear-words", new NetworkSpec.Mlp(List.of(), NetworkSpec.Bend.RELU, 0, 0, 1e-4), new FeatureSpec(false, true, 4 * words(true), RARE, 0, 0), epochs, batch, 5e-3));
            }
            all.add(mlp("linear", new NetworkSpec.Mlp(List.of(), NetworkSpec.Bend.RELU, 0, 0, false, 2e-3, 0, false), ranks, epochs, batch,
                    recipe.task().orElseThrow().ofClasses() ? 1e-2 : 2e-2));
        }
        if (texts) {
            int epochs = Math.max(2, Math.min(8, 60_000 / rows));
            all.add(CandidateSpec.of("lstm", new NetworkSpec.Lstm(64, 64, true, NetworkSpec.Pool.MAX, 0.3, WORDS_OF_A_TWEET), FeatureSpec.DEFAULT, epochs, 64, 2e-3));
        }
        return all;
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
