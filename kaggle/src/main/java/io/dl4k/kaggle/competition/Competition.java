package io.dl4k.kaggle.competition;

import io.dl4k.data.CsvSource;
import io.dl4k.data.Table;
import io.dl4k.metrics.Metric;
import java.util.List;

/** A competition that DL4K knows: how to read it, what to try, how to score it. */
public interface Competition {
    /**
     * What a competition is, for people.
     *
     * @param slug its name in Kaggle's addresses
     * @param aliases shorter names
     * @param title its name
     * @param targetColumn of the training table
     * @param metric Kaggle scores it by
     * @param defaultFolds folds of the cross-validation; 1 holds out a tenth of the rows instead
     * @param defaultEnsemble networks trained a fold
     */
    record Info(String slug, List<String> aliases, String title, String targetColumn, Metric metric, int defaultFolds, int defaultEnsemble) {
        public Info {
            aliases = List.copyOf(aliases);
        }
    }

    /** What it is. */
    Info info();

    /** What is tried, the same objects at every call; the first wins where scores tie. */
    List<Candidate> candidates();

    /**
     * Reads training or test rows and checks that every column the candidates need is there and of its kind.
     *
     * @throws io.dl4k.data.DataException naming file, line and column
     */
    Table read(CsvSource csv);

    /** The families tried, in order, each once. */
    default List<Family> families() {
        return candidates().stream().map(Candidate::family).distinct().toList();
    }
}
