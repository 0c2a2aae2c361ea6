package io.dl4k.kaggle.competition;

import io.dl4k.metrics.Metric;
import io.dl4k.metrics.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds on out-of-fold predictions what to submit: how much each candidate's networks count, and for F1 from which probability on the answer is yes,
 * for quadratic kappa where one grade ends and the next begins.
 *
 * <p>Weights are shares of the votes of an {@link EnsembleSelection} that begins with the best candidate. The {@link Guide} decides, and by it the blend is taken
 * though the metric itself, where the guide is another, is worse by no more than luck.
 */
final class Blend {
    /**
     * Over the square root of the rows: what a metric may lose by a blend that its guide, if that is another, prefers. Networks that are alike differ by as much through luck, and
     * the best of several was lucky.
     */
    private static final double LUCK = 0.25;

    private final Problem problem;
    private final Metric metric;

    Blend(Problem problem, Metric metric) {
        this.problem = problem;
        this.metric = metric;
    }

    /**
     * What is submitted.
     *
     * @param weights of the candidates that vote, by name, summing to 1
     * @param answer how its predictions are written
     * @param score over all validated rows
     * @param foldScores of each validated fold
     * @param outOfFold the predictions that were scored
     */
    record Chosen(Map<String, Double> weights, Answer answer, double score, List<Double> foldScores, OutOfFold outOfFold) {
    }

    /** @param best the best of the candidates; those that were not validated on the same rows do not vote */
    Chosen choose(List<CandidateScore> scores, CandidateScore best) {
        Chosen alone = chosen(Map.of(best.candidate().name(), 1.0), best.outOfFold());
        List<CandidateScore> voters = scores.stream().filter(s -> Arrays.equals(s.outOfFold().rows(), best.outOfFold().rows())).toList();
        if (voters.size() < 2 || Double.isNaN(best.score())) {
            return alone;
        }
        Map<String, Double> weights = weights(voters, best);
        Chosen together = chosen(weights, new OutOfFold(best.outOfFold().folds(), mean(voters, weights)));
        double sign = metric.higherIsBetter() ? 1 : -1;
        double luck = Guide.of(metric, problem.targets()) == metric ? 0 : LUCK / Math.sqrt(best.rows());
        return sign * together.score() >= sign * alone.score() - luck ? together : alone;
    }

    private Chosen chosen(Map<String, Double> weights, OutOfFold outOfFold) {
        Answer answer = problem.answer();
        if (metric == Metrics.F1 && answer instanceof Answer.Labels labels && labels.labels().size() == 2) {
            answer = new Answer.Labels(labels.labels(), threshold(outOfFold, labels));
        } else if (metric == Metrics.QUADRATIC_KAPPA && answer instanceof Answer.Labels labels) {
            answer = new GradeCuts(labels.labels(), metric).find(outOfFold.averaged(), problem.targets().actual(outOfFold.rows()));
        }
        return new Chosen(weights, answer, outOfFold.score(problem, answer, metric), outOfFold.foldScores(problem, answer, metric), outOfFold);
    }

    private Map<String, Double> weights(List<CandidateScore> voters, CandidateScore best) {
        float[][] actual = problem.targets().actual(best.outOfFold().rows());
        Metric guide = Guide.of(metric, problem.targets());
        double sign = guide.higherIsBetter() ? 1 : -1;
        CandidateScore first = guide == metric ? best : voters.stream().max(Comparator.comparingDouble(v -> sign * guided(guide, v.outOfFold().averaged(), actual))).orElse(best);
        List<Integer> votes = EnsembleSelection.votes(voters.stream().map(v -> v.outOfFold().averaged()).toList(), voters.indexOf(first), averaged -> sign * guided(guide, averaged, actual));
        Map<String, Double> weights = new LinkedHashMap<>();
        for (int voter = 0; voter < voters.size(); voter++) {
            int count = Collections.frequency(votes, voter);
            if (count > 0) {
                weights.put(voters.get(voter).candidate().name(), (double) count / votes.size());
            }
        }
        return weights;
    }

    private double guided(Metric guide, float[][] averaged, float[][] actual) {
        return guide.score(problem.answer().predictions(averaged), actual);
    }

    private static float[][] mean(List<CandidateScore> voters, Map<String, Double> weights) {
        List<float[][]> predictions = new ArrayList<>();
        List<Double> counts = new ArrayList<>();
        for (CandidateScore voter : voters) {
            double weight = weights.getOrDefault(voter.candidate().name(), 0.0);
            if (weight > 0) {
                predictions.add(voter.outOfFold().averaged());
                counts.add(weight);
            }
        }
        return Ensemble.mean(predictions, counts);
    }

    /** Candidates in steps of a hundredth; each counts with its neighbours, so that a lucky spike does not win. */
    private double threshold(OutOfFold outOfFold, Answer.Labels labels) {
        int first = 15;
        int last = 85;
        double[] scores = new double[last - first + 1];
        float[][] actual = problem.targets().actual(outOfFold.rows());
        for (int i = 0; i < scores.length; i++) {
            Answer answer = new Answer.Labels(labels.labels(), (first + i) / 100.0);
            scores[i] = metric.score(answer.predictions(outOfFold.averaged()), actual);
        }
        List<Integer> centres = new ArrayList<>();
        for (int i = 2; i < scores.length - 2; i++) {
            centres.add(i);
        }
        // The nearest to one half where several are as good.
        int best = centres.stream().max(Comparator.<Integer>comparingDouble(i -> scores[i - 2] + scores[i - 1] + scores[i] + scores[i + 1] + scores[i + 2])
                .thenComparing(Comparator.comparingInt((Integer i) -> Math.abs(first + i - 50)).reversed())).orElseThrow();
        return (first + best) / 100.0;
    }
}
