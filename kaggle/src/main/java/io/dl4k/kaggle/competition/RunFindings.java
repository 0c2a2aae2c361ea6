package io.dl4k.kaggle.competition;

import io.dl4k.kaggle.report.Calibration;
import io.dl4k.kaggle.report.Confusion;
import io.dl4k.kaggle.report.Findings;
import io.dl4k.kaggle.report.Importance;
import io.dl4k.kaggle.report.Residuals;
import io.dl4k.kaggle.report.Roc;
import io.dl4k.kaggle.report.WorstErrors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Looks at the submitted networks' predictions of the rows they were not trained on. */
final class RunFindings {
    private static final int WORST = 12;
    private static final double HALF = 0.5;

    private final Competition competition;
    private final Problem problem;
    private final CompetitionRun.Result result;
    private final int[] rows;
    private final float[][] outputs;
    private final RowExhibits exhibits;

    private RunFindings(Competition competition, Problem problem, CompetitionRun.Result result, Optional<Importance> importance) {
        this.competition = competition;
        this.problem = problem;
        this.result = result;
        this.rows = result.submitted().rows();
        this.outputs = result.submitted().averaged();
        this.exhibits = RowExhibits.of(problem, importance.map(i -> i.inputs().stream().map(Importance.Input::name).toList()).orElse(List.of()));
    }

    static Findings of(Competition competition, Problem problem, RunOptions options, CompetitionRun.Result result) {
        Optional<Importance> importance = ColumnShuffling.of(competition, problem, options, result).measure();
        RunFindings findings = new RunFindings(competition, problem, result, importance);
        return problem.targets() instanceof ClassTargets classes ? findings.ofClasses(classes, importance) : findings.ofNumbers(importance);
    }

    private Findings ofClasses(ClassTargets targets, Optional<Importance> importance) {
        int[] actual = Arrays.stream(rows).map(targets::classOf).toArray();
        Confusion confusion = Confusion.of(targets.labels(), actual, result.submitted().predictions());
        Optional<Roc> roc = Optional.empty();
        Calibration calibration;
        if (targets.labels().size() == 2) {
            float[] yes = column(1);
            boolean[] is = new boolean[rows.length];
            for (int i = 0; i < is.length; i++) {
                is[i] = actual[i] == 1;
            }
            // A few held-out rows may all be of one class.
            if (Arrays.stream(actual).distinct().count() == 2) {
                roc = Optional.of(Roc.of(targets.labels().get(1), yes, is, result.ensemble().answer() instanceof Answer.Labels labels ? labels.threshold() : HALF));
            }
            calibration = Calibration.of("\u201c" + targets.labels().get(1) + "\u201d", yes, is);
        } else {
            calibration = Calibration.ofMostProbable(outputs, actual);
        }
        int[] wrong = worst(i -> outputs[i][actual[i]] * -1.0, i -> predicted(i) != actual[i]);
        List<WorstErrors.Case> cases = Arrays.stream(wrong).mapToObj(i -> new WorstErrors.Case(problem.train().line(rows[i]), targets.labels().get(actual[i]),
                targets.labels().get(predicted(i)), String.format(Locale.ROOT, "%.1f%% for what it is", 100 * outputs[i][actual[i]]), exhibits.of(rows[i]))).toList();
        return new Findings(Optional.of(confusion), roc, Optional.of(calibration), List.of(), importance,
                worst("The wrong rows whose true class seemed least probable.", cases));
    }

    /** The class that the submission would have. */
    private int predicted(int i) {
        float[] p = result.submitted().predictions()[i];
        return IntStream.range(0, p.length).reduce(0, (a, b) -> p[b] > p[a] ? b : a);
    }

    private Findings ofNumbers(Optional<Importance> importance) {
        float[][] predictions = result.submitted().predictions();
        float[][] actual = problem.targets().actual(rows);
        Answer.Numbers answer = (Answer.Numbers) result.ensemble().answer();
        boolean ratios = answer.link() == Link.LOG1P;
        List<String> names = competition.info().targetColumns();
        List<Residuals> residuals = new ArrayList<>();
        for (int c = 0; c < actual[0].length; c++) {
            residuals.add(Residuals.of(names.get(c), column(predictions, c), column(actual, c), ratios));
        }
        // Columns of other units are compared by how far they usually are off.
        IntToDoubleFunction size = i -> IntStream.range(0, actual[i].length)
                .mapToDouble(c -> Math.abs(error(answer, predictions[i][c], actual[i][c])) / Math.max(residuals.get(c).deviation(), Double.MIN_NORMAL)).max().orElse(0);
        List<WorstErrors.Case> cases = Arrays.stream(worst(size, i -> size.applyAsDouble(i) > 0)).mapToObj(i -> {
            int c = IntStream.range(0, actual[i].length).reduce(0,
                    (a, b) -> Math.abs(error(answer, predictions[i][b], actual[i][b])) / residuals.get(b).deviation()
                            > Math.abs(error(answer, predictions[i][a], actual[i][a])) / residuals.get(a).deviation() ? b : a);
            double error = error(answer, predictions[i][c], actual[i][c]);
            String text = ratios ? String.format(Locale.ROOT, "%.2f times", Math.exp(error)) : "off by " + short4(error);
            return new WorstErrors.Case(problem.train().line(rows[i]), short4(actual[i][c]), short4(predictions[i][c]),
                    text + (names.size() > 1 && actual[i].length > 1 ? ", " + names.get(c) : ""), exhibits.of(rows[i]));
        }).toList();
        return new Findings(Optional.empty(), Optional.empty(), Optional.empty(), residuals, importance,
                worst("The rows with the largest " + (ratios ? "ratio between the two." : "difference between the two."), cases));
    }

    private static double error(Answer.Numbers answer, float predicted, float actual) {
        return answer.link().apply(predicted) - answer.link().apply(actual);
    }

    private static Optional<WorstErrors> worst(String order, List<WorstErrors.Case> cases) {
        return cases.isEmpty() ? Optional.empty() : Optional.of(new WorstErrors(order, cases));
    }

    /** Positions of the largest, the first where two are equal. */
    private int[] worst(IntToDoubleFunction size, java.util.function.IntPredicate wanted) {
        return IntStream.range(0, rows.length).filter(wanted).boxed().sorted((a, b) -> Double.compare(size.applyAsDouble(b), size.applyAsDouble(a))).limit(WORST)
                .mapToInt(i -> i).toArray();
    }

    private float[] column(int c) {
        float[] column = new float[outputs.length];
        for (int i = 0; i < column.length; i++) {
            // A mean of probabilities can end a rounding beyond the range.
            column[i] = Math.min(1, Math.max(0, outputs[i][c]));
        }
        return column;
    }

    private static double[] column(float[][] values, int c) {
        return Arrays.stream(values).mapToDouble(row -> row[c]).toArray();
    }

    /** Four digits that count. */
    private static String short4(double x) {
        // A count is shown without the zeros that it never had.
        return Math.abs(x) >= 1000 || x == Math.rint(x) ? String.format(Locale.ROOT, "%,.0f", x) : String.format(Locale.ROOT, "%.4g", x);
    }
}
