package io.dl4k.kaggle.auto;

import io.dl4k.data.Augmentation;
import io.dl4k.data.DataException;
import io.dl4k.kaggle.competition.Candidate;
import io.dl4k.kaggle.competition.Encoder;
import io.dl4k.kaggle.competition.Family;
import io.dl4k.kaggle.competition.Preparation;
import io.dl4k.kaggle.recipe.CandidateSpec;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.FeatureSpec;
import io.dl4k.kaggle.recipe.ImageSpec;
import io.dl4k.kaggle.recipe.NetworkSpec;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.models.Activation;
import io.dl4k.models.Cnn;
import io.dl4k.models.Loss;
import io.dl4k.models.Mlp;
import io.dl4k.models.Rnn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.weights.WeightInit;

/** Makes the candidates of a recipe. */
final class Networks {
    private static final String RECIPE = "recipe";
    private static final int DEFAULT_EPOCHS = 20;
    private static final int DEFAULT_BATCH = 64;
    private static final double DEFAULT_RATE = 2e-3;
    /** Standard deviations of the target from which on a residual is far off. */
    private static final double FAR = 0.3;
    /** The same where the mean absolute error counts: its optimum is the median, which the absolute loss finds, and this one nearly. */
    private static final double FAR_FROM_MEDIAN = 0.1;
    /** Longest step of the gradient: recurrent networks leap without. */
    private static final double LONGEST_GRADIENT = 1;
    /** What rare words start as: they say little until they are learned. */
    private static final double LITTLE_NOISE = 0.04;

    /** No words, no rates: with many steps every input costs as many times. */
    static final FeatureSpec ROWS_OF_A_SERIES = new FeatureSpec(false, false, 0, 0, 5, 0, 0);

    private Networks() {
    }

    /**
     * @param found pairs of columns, shared by the candidates
     * @throws DataException if the candidate has no network, or one that the columns do not fit
     */
    static Candidate candidate(CandidateSpec spec, Recipe recipe, FoundCrosses found) {
        NetworkSpec network = spec.network().orElseThrow(() -> wrong(spec, "says no network: 'network: mlp', 'network: cnn' or 'network: lstm'"));
        boolean classes = recipe.task().orElseThrow().ofClasses();
        Optional<Loss> loss = loss(recipe.metric().orElseThrow(), classes, network);
        Candidate.Recipe training = training(spec.epochs(), spec.batch(), spec.learningRate());
        if (network instanceof NetworkSpec.Cnn cnn) {
            ImageSpec images = recipe.images().orElseThrow(() -> wrong(spec, "is a CNN, but there are no pixels: the recipe has no 'images'"));
            Preparation pixels = new ImageEncoder.Prepared(new ImageEncoder(images), new Augmentation(cnn.shift(), cnn.rotation(), cnn.scale(), 0));
            return new Candidate(spec.name(), Family.CNN, pixels, (encoder, outputs, seed) -> cnn(cnn, images, outputs, classes, loss, seed), training);
        }
        if (network instanceof NetworkSpec.Lstm lstm) {
            List<String> texts = recipe.columns(ColumnKind.TEXT);
            if (texts.isEmpty()) {
                throw wrong(spec, "is an LSTM, but no column is text");
            }
            return new Candidate(spec.name(), Family.LSTM, new TokenPreparation(texts, lstm.length()), (encoder, outputs, seed) -> lstm(lstm, encoder, outputs, classes, loss, seed),
                    training);
        }
        if (network instanceof NetworkSpec.Series series) {
            if (recipe.columns().get(series.over()) != ColumnKind.DATE) {
                throw wrong(spec, "goes over '" + series.over() + "', which is no column of dates");
            }
            TablePreparation columns = TablePreparation.of(recipe, spec.features().orElse(ROWS_OF_A_SERIES), found);
            return new Candidate(spec.name(), Family.LSTM, new SeriesEncoder.Prepared(columns, series.over(), series.steps()), (encoder, outputs, seed) -> series(series, encoder, outputs, classes, loss, seed),
                    training);
        }
        if (recipe.columns().values().stream().allMatch(kind -> kind == ColumnKind.IGNORE)) {
            throw wrong(spec, "is an MLP, but no column is left for it");
        }
        return new Candidate(spec.name(), Family.MLP, TablePreparation.of(recipe, spec.features().orElse(FeatureSpec.DEFAULT), found), (encoder, outputs, seed) -> mlp((NetworkSpec.Mlp) network, encoder, outputs, classes, loss, seed),
                training);
    }

    /** {@return the loss where it is not the usual one: cross-entropy of classes, the square of numbers} */
    static Optional<Loss> loss(String metric, boolean classes, NetworkSpec network) {
        if (classes) {
            return Optional.empty();
        }
        if (metric.equals("mae")) {
            return Optional.of(Loss.huber(FAR_FROM_MEDIAN));
        }
        return network instanceof NetworkSpec.Mlp mlp && mlp.robust() ? Optional.of(Loss.huber(FAR)) : Optional.empty();
    }

    private static Candidate.Recipe training(OptionalInt epochs, OptionalInt batch, OptionalDouble rate) {
        return new Candidate.Recipe(epochs.orElse(DEFAULT_EPOCHS), batch.orElse(DEFAULT_BATCH), rate.orElse(DEFAULT_RATE));
    }

    private static DataException wrong(CandidateSpec spec, String what) {
        return DataException.in(RECIPE, "candidate '" + spec.name() + "' " + what + ".");
    }

    static Model mlp(NetworkSpec.Mlp spec, Encoder encoder, int outputs, boolean classes, Optional<Loss> loss, long seed) {
        Mlp net = classes ? Mlp.classifier(encoder.width(), outputs) : Mlp.regressor(encoder.width(), outputs);
        net.hidden(spec.hidden().stream().mapToInt(x -> x).toArray()).activation(activation(spec.activation())).dropout(spec.dropout()).inputDropout(spec.inputDropout())
                .l1(spec.l1()).l2(spec.l2()).seed(seed);
        if (spec.hidden().isEmpty()) {
            // From zero the penalties leave at zero whatever does not earn its keep.
            net.weightInit(WeightInit.ZERO);
        }
        loss.ifPresent(net::loss);
        return (spec.batchNorm() ? net.batchNorm() : net).build();
    }

    private static Activation activation(NetworkSpec.Bend bend) {
        return switch (bend) {
            case LEAKY_RELU -> Activation.LEAKY_RELU;
            case RELU -> Activation.RELU;
            case GELU -> Activation.GELU;
            case TANH -> Activation.TANH;
        };
    }

    private static Model cnn(NetworkSpec.Cnn spec, ImageSpec images, int outputs, boolean classes, Optional<Loss> loss, long seed) {
        Cnn net = Cnn.images(images.height(), images.width(), images.channels());
        int side = Math.min(images.height(), images.width());
        for (List<Integer> block : spec.blocks()) {
            for (int filters : block) {
                net.conv(filters, spec.kernel());
                if (spec.batchNorm()) {
                    net.batchNorm();
                }
            }
            // A pool needs something to pool.
            if (side >= 2) {
                net.maxPool(2);
                side /= 2;
            }
        }
        net.dense(spec.dense()).dropout(spec.dropout());
        loss.ifPresent(net::loss);
        return (classes ? net.classes(outputs) : net.regression(outputs)).seed(seed).build();
    }

    private static Model lstm(NetworkSpec.Lstm spec, Encoder encoder, int outputs, boolean classes, Optional<Loss> loss, long seed) {
        Rnn net = Rnn.tokens(encoder.width(), spec.embedding()).tokenNoise(LITTLE_NOISE).dropout(spec.dropout()).lstm(spec.units());
        if (spec.bidirectional()) {
            net.bidirectional();
        }
        switch (spec.pool()) {
            case MAX -> net.maxOverTime();
            case MEAN -> net.meanOverTime();
            case LAST -> net.lastStep();
        }
        net.dropout(spec.dropout());
        loss.ifPresent(net::loss);
        return (classes ? net.classes(outputs) : net.regression(outputs)).clipGradients(LONGEST_GRADIENT).seed(seed).build();
    }

    private static Model series(NetworkSpec.Series spec, Encoder encoder, int outputs, boolean classes, Optional<Loss> loss, long seed) {
        Rnn net = Rnn.features(encoder.width()).lstm(spec.units()).lastStep().dropout(spec.dropout()).l2(spec.l2());
        loss.ifPresent(net::loss);
        return (classes ? net.classes(outputs) : net.regression(outputs)).clipGradients(LONGEST_GRADIENT).seed(seed).build();
    }
}
