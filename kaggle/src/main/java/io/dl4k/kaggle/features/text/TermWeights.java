package io.dl4k.kaggle.features.text;

import io.dl4k.data.SparseRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Documents as weighted terms: (1 + ln count) x the term's weight, each document scaled to length 1.
 *
 * @param terms that have a column
 * @param weights one a term
 */
public record TermWeights(Vocabulary terms, List<Double> weights) {
    /** @throws IllegalArgumentException if there is not one weight a term */
    public TermWeights {
        weights = List.copyOf(weights);
        if (weights.size() != terms.tokens().size()) {
            throw new IllegalArgumentException(terms.tokens().size() + " terms need as many weights, got " + weights.size());
        }
    }

    /**
     * Learns terms and their inverse document frequencies, ln((1 + rows) / (1 + rows with the term)) + 1.
     *
     * @param documents terms of every row
     * @param rows the training rows of the fold; no other row is looked at
     * @param minimumCount rows in which a term must be, at least 1
     * @param most terms at most
     */
    public static TermWeights fit(List<List<String>> documents, int[] rows, int minimumCount, int most) {
        Vocabulary terms = Vocabulary.fit(documents, rows, minimumCount, most);
        Map<String, Integer> counts = Vocabulary.counts(documents, rows, terms.places()::containsKey);
        return new TermWeights(terms, terms.tokens().stream().map(term -> Math.log((1.0 + rows.length) / (1 + counts.get(term))) + 1).toList());
    }

    /**
     * The same, with each weight multiplied by how strongly the term speaks for one of two classes: Wang and Manning, "Baselines and Bigrams: Simple, Good
     * Sentiment and Topic Classification" (ACL 2012), ln of the ratio of the term's shares of all terms in either class, counted once a row, plus 1.
     *
     * @param documents terms of every row
     * @param rows the training rows of the fold; no other row is looked at
     * @param classes each row's class, 0 or 1
     */
    public TermWeights timesLogRatios(List<List<String>> documents, int[] rows, int[] classes) {
        List<Map<String, Integer>> counts = new ArrayList<>();
        double[] sums = new double[2];
        Set<String> ours = Set.copyOf(terms.tokens());
        for (int c = 0; c < 2; c++) {
            int label = c;
            Map<String, Integer> of = Vocabulary.counts(documents, Arrays.stream(rows).filter(row -> classes[row] == label).toArray(), ours::contains);
            counts.add(of);
            sums[c] = terms.tokens().stream().mapToDouble(term -> 1 + of.getOrDefault(term, 0)).sum();
        }
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            String term = terms.tokens().get(i);
            double ratio = (1 + counts.get(1).getOrDefault(term, 0)) / sums[1] / ((1 + counts.get(0).getOrDefault(term, 0)) / sums[0]);
            times.add(weights.get(i) * Math.log(ratio));
        }
        return new TermWeights(terms, times);
    }

    /** {@return columns of a row} */
    public int width() {
        return weights.size();
    }

    /**
     * Documents as rows, the columns of several kinds of terms side by side.
     *
     * @param kinds fitted, one at least
     * @param documents for each kind the terms of every row
     * @return {@code [rows, sum of the widths]}
     */
    public static SparseRows rows(List<TermWeights> kinds, List<List<List<String>>> documents) {
        List<Map<String, Integer>> places = kinds.stream().map(kind -> kind.terms.places()).toList();
        SparseRows.Builder rows = SparseRows.builder(Math.max(1, kinds.stream().mapToInt(TermWeights::width).sum()));
        for (int row = 0; row < documents.get(0).size(); row++) {
            int first = 0;
            for (int k = 0; k < kinds.size(); k++) {
                kinds.get(k).write(documents.get(k).get(row), places.get(k), first, rows);
                first += kinds.get(k).width();
            }
            rows.endRow();
        }
        return rows.build();
    }

    private void write(List<String> document, Map<String, Integer> places, int first, SparseRows.Builder to) {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (String term : document) {
            Integer place = places.get(term);
            if (place != null) {
                counts.merge(place, 1, Integer::sum);
            }
        }
        double squares = 0;
        for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
            double value = (1 + Math.log(entry.getValue())) * weights.get(entry.getKey());
            squares += value * value;
        }
        double length = squares == 0 ? 1 : Math.sqrt(squares);
        counts.forEach((place, count) -> to.value(first + place, (float) ((1 + Math.log(count)) * weights.get(place) / length)));
    }
}
