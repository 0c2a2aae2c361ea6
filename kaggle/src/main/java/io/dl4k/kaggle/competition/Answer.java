package io.dl4k.kaggle.competition;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.dl4k.data.DataException;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** How averaged outputs of networks become what a submission holds. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({@JsonSubTypes.Type(value = Answer.Labels.class, name = "labels"), @JsonSubTypes.Type(value = Answer.Grades.class, name = "grades"),
    @JsonSubTypes.Type(value = Answer.Probabilities.class, name = "probabilities"),
    @JsonSubTypes.Type(value = Answer.Numbers.class, name = "numbers")})
public sealed interface Answer {
    /** {@return outputs of a network} */
    int outputs();

    /**
     * Predictions as a metric takes them.
     *
     * @param averaged outputs {@code [rows][outputs]} on the link's scale
     * @return probabilities {@code [rows][classes]}, or numbers in the file's units
     */
    float[][] predictions(float[][] averaged);

    /**
     * Predictions as they are written.
     *
     * @param predictions of {@link #predictions}
     * @return as {@code get(column of the submission).get(row)}
     */
    List<List<String>> columns(float[][] predictions);

    /**
     * The most probable class's label, the first where two are equal.
     *
     * @param labels how each class is written, by its number
     * @param threshold of two classes: the second is answered where its probability is above it; 0.5 for more classes
     */
    record Labels(List<String> labels, double threshold) implements Answer {
        public Labels {
            labels = List.copyOf(labels);
            if (labels.size() < 2 || !(threshold > 0 && threshold < 1)) {
                throw new IllegalArgumentException("at least two labels and a threshold in (0, 1), got " + labels + " and " + threshold);
            }
        }

        @Override
        public int outputs() {
            return labels.size();
        }

        /** Probabilities of two classes are bent so that the threshold comes to lie at one half; their order stays. */
        @Override
        public float[][] predictions(float[][] averaged) {
            if (threshold == 0.5 || labels.size() != 2) {
                return averaged;
            }
            float[][] bent = new float[averaged.length][];
            for (int row = 0; row < bent.length; row++) {
                double p = averaged[row][1];
                double q = p <= threshold ? 0.5 * p / threshold : 0.5 + 0.5 * (p - threshold) / (1 - threshold);
                bent[row] = new float[] {(float) (1 - q), (float) q};
            }
            return bent;
        }

        @Override
        public List<List<String>> columns(float[][] predictions) {
            return List.of(Arrays.stream(predictions).map(row -> labels.get(IntStream.range(0, row.length).reduce(0, (a, b) -> row[b] > row[a] ? b : a))).toList());
        }
    }

    /**
     * Of classes in an order, such as grades, the one that the mean class falls to: its number averaged by the probabilities, compared with the cuts.
     * Where an error counts the more the farther off it is, the most probable class is not the best answer.
     *
     * @param labels how each class is written, in their order
     * @param cuts ascending; one more than the number of cuts that the mean class number, from 0, is above is the place of the answer
     */
    record Grades(List<String> labels, List<Double> cuts) implements Answer {
        public Grades {
            labels = List.copyOf(labels);
            cuts = List.copyOf(cuts);
            boolean ascending = true;
            for (int i = 1; i < cuts.size(); i++) {
                ascending &= cuts.get(i - 1) <= cuts.get(i);
            }
            if (labels.size() < 2 || cuts.size() != labels.size() - 1 || !ascending) {
                throw new IllegalArgumentException("at least two labels and ascending cuts, one fewer, got " + labels + " and " + cuts);
            }
        }

        @Override
        public int outputs() {
            return labels.size();
        }

        /** The mean class number of each row, from 0. */
        static double[] means(float[][] averaged) {
            return Arrays.stream(averaged).mapToDouble(row -> {
                double sum = 0;
                double mean = 0;
                for (int c = 0; c < row.length; c++) {
                    sum += row[c];
                    mean += (double) c * row[c];
                }
                return mean / sum;
            }).toArray();
        }

        /** All of the probability is given to the answer. */
        @Override
        public float[][] predictions(float[][] averaged) {
            return Arrays.stream(means(averaged)).mapToObj(mean -> {
                float[] sure = new float[labels.size()];
                sure[(int) cuts.stream().filter(cut -> mean > cut).count()] = 1;
                return sure;
            }).toArray(float[][]::new);
        }

        @Override
        public List<List<String>> columns(float[][] predictions) {
            return new Labels(labels, 0.5).columns(predictions);
        }
    }

    /**
     * Probabilities of classes.
     *
     * @param labels how each class is written, by its number
     * @param classes the class of each column of the submission
     */
    record Probabilities(List<String> labels, List<Integer> classes) implements Answer {
        /** What single precision holds. */
        private static final MathContext DIGITS = new MathContext(8);
        /** What double precision holds of a number near 1; log loss clips what is smaller. */
        private static final int DECIMALS = 15;

        public Probabilities {
            labels = List.copyOf(labels);
            classes = List.copyOf(classes);
            for (int c : classes) {
                if (c < 0 || c >= labels.size()) {
                    throw new IllegalArgumentException("there are " + labels.size() + " classes, got number " + c);
                }
            }
        }

        @Override
        public int outputs() {
            return labels.size();
        }

        @Override
        public float[][] predictions(float[][] averaged) {
            return averaged;
        }

        /** Where every class has its column, what is written sums to exactly 1 in each row. */
        @Override
        public List<List<String>> columns(float[][] predictions) {
            if (classes.size() > 1 && classes.size() == labels.size() && Set.copyOf(classes).size() == labels.size()) {
                List<List<String>> rows = Arrays.stream(predictions).map(Probabilities::shares).toList();
                return classes.stream().map(c -> rows.stream().map(row -> row.get(c)).toList()).toList();
            }
            return classes.stream().map(c -> Arrays.stream(predictions).map(row -> plain(Math.min(1, Math.max(0, row[c])))).toList()).toList();
        }

        /** The largest is what the others leave of 1, to the last digit written. */
        private static List<String> shares(float[] row) {
            double sum = 0;
            int largest = 0;
            for (int c = 0; c < row.length; c++) {
                sum += Math.max(0, row[c]);
                largest = row[c] > row[largest] ? c : largest;
            }
            BigDecimal[] shares = new BigDecimal[row.length];
            BigDecimal rest = BigDecimal.ONE;
            for (int c = 0; c < row.length; c++) {
                if (c != largest) {
                    BigDecimal share = new BigDecimal(Math.max(0, row[c]) / sum).round(DIGITS);
                    shares[c] = share.setScale(Math.min(share.scale(), DECIMALS), RoundingMode.HALF_EVEN);
                    rest = rest.subtract(shares[c]);
                }
            }
            shares[largest] = rest;
            return Arrays.stream(shares).map(share -> share.signum() == 0 ? "0" : share.stripTrailingZeros().toPlainString()).toList();
        }
    }

    /**
     * Where predictions of a number are cut.
     *
     * @param low on the link's scale
     * @param high on the link's scale
     */
    record Range(double low, double high) {
    }

    /**
     * Numbers.
     *
     * @param link on whose scale outputs are averaged
     * @param joined whether each output is a column of the submission, or their sum the only one
     * @param ranges one an output
     */
    record Numbers(Link link, NumberTargets.Joined joined, List<Range> ranges) implements Answer {
        public Numbers {
            java.util.Objects.requireNonNull(link);
            java.util.Objects.requireNonNull(joined);
            ranges = List.copyOf(ranges);
        }

        @Override
        public int outputs() {
            return ranges.size();
        }

        @Override
        public float[][] predictions(float[][] averaged) {
            float[][] predictions = new float[averaged.length][];
            for (int row = 0; row < predictions.length; row++) {
                float[] numbers = new float[outputs()];
                double sum = 0;
                for (int c = 0; c < numbers.length; c++) {
                    double y = link.inverse(Math.min(ranges.get(c).high(), Math.max(ranges.get(c).low(), averaged[row][c])));
                    numbers[c] = (float) y;
                    sum += y;
                }
                predictions[row] = joined == NumberTargets.Joined.SUM ? new float[] {(float) sum} : numbers;
            }
            return predictions;
        }

        @Override
        public List<List<String>> columns(float[][] predictions) {
            int columns = joined == NumberTargets.Joined.SUM ? 1 : outputs();
            return IntStream.range(0, columns).mapToObj(c -> Arrays.stream(predictions).map(row -> plain(row[c])).toList()).toList();
        }
    }

    /** Labels where the sample shows them, else the probability of the second of two classes, or of each class whose column the sample has. */
    static Answer ofClasses(List<String> labels, boolean asLabels, SampleSubmission sample) {
        if (asLabels) {
            return new Labels(labels, 0.5);
        }
        if (sample.targetColumns().size() == 1 && labels.size() == 2) {
            return new Probabilities(labels, List.of(1));
        }
        List<Integer> classes = new ArrayList<>();
        for (String column : sample.targetColumns()) {
            classes.add(classOf(column, labels, sample));
        }
        return new Probabilities(labels, classes);
    }

    /** A column is named by its label, or by a name that ends in it, such as Status_CL. */
    private static int classOf(String column, List<String> labels, SampleSubmission sample) {
        String name = column.toLowerCase(Locale.ROOT);
        int found = -1;
        for (int c = 0; c < labels.size(); c++) {
            String label = labels.get(c).toLowerCase(Locale.ROOT);
            if (name.equals(label)) {
                return c;
            }
            // The longest label wins: class_10 ends in 0 as well.
            if (name.endsWith(label) && (found < 0 || label.length() > labels.get(found).length())) {
                found = c;
            }
        }
        if (found < 0) {
            throw DataException.at(sample.source(), 1, column, "there is no class '" + column + "' in the training set, only " + String.join(", ", labels) + ".");
        }
        return found;
    }

    /** Without an exponent, which not every reader takes. */
    private static String plain(float x) {
        return new BigDecimal(Float.toString(x)).stripTrailingZeros().toPlainString();
    }
}
