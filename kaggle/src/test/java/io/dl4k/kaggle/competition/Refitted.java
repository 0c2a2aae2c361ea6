package io.dl4k.kaggle.competition;

import io.dl4k.data.CsvSource;
import io.dl4k.data.Table;
import java.util.List;

/**
 * Titanic that is prepared in another way.
 *
 * @param encoderType of its encoders
 * @param fit given the rows and what would have prepared them
 * @param trainedAnew whether networks of all rows predict
 */
record Refitted(Class<? extends Encoder> encoderType, Fit fit, boolean trainedAnew) implements Competition {
    private static final Competition TITANIC = new Titanic();

    /** By the networks of the folds. */
    Refitted(Class<? extends Encoder> encoderType, Fit fit) {
        this(encoderType, fit, false);
    }

    /** In place of {@link Preparation#fit}. */
    @FunctionalInterface
    interface Fit {
        Preparation.Fitted of(Preparation own, Table train, int[] rows, FoldTargets targets);
    }

    @Override
    public Info info() {
        return TITANIC.info();
    }

    @Override
    public List<Candidate> candidates() {
        return TITANIC.candidates().stream().map(c -> new Candidate(c.name(), c.family(), new Preparation() {
            @Override
            public Fitted fit(Table train, int[] rows, FoldTargets targets) {
                return fit.of(c.preparation(), train, rows, targets);
            }

            @Override
            public Class<? extends Encoder> encoderType() {
                return encoderType;
            }
        }, c.architecture(), c.recipe())).toList();
    }

    @Override
    public Table read(CsvSource csv) {
        return TITANIC.read(csv);
    }
}
