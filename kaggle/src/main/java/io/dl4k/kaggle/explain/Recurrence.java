package io.dl4k.kaggle.explain;

import io.dl4k.diagnose.LstmTrace;
import io.dl4k.kaggle.page.Plot;
import io.dl4k.models.Optimizer;
import io.dl4k.models.Rnn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** The inside of a trained LSTM over one sequence. */
final class Recurrence implements Topic {
    private static final int STEPS = 40;
    private static final int UNITS = 1;
    /** First weights that are tried. */
    private static final int STARTS = 4;
    private static final double MARKS = 0.12;
    private static final int BATCH = 64;
    private static final int TRAINING_STEPS = 700;

    /**
     * What was found, of one sequence where it is lists over steps.
     *
     * @param unit that is shown  @param correlation of its cell and the target
     * @param error root mean square over new sequences  @param guess the same if the mean were always said
     * @param inputGateAtMarks mean of the unit's input gate where there is a mark, elsewhere, and so on
     */
    record Found(List<Double> values, List<Integer> marks, List<Double> target, List<Double> said, LstmTrace trace, int unit, double correlation, double error, double guess,
            double inputGateAtMarks, double inputGateElsewhere, double forgetGateAtMarks, double forgetGateElsewhere) {
    }

    static Found find(long seed) {
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            batches.add(Sequences.latch(BATCH, STEPS, MARKS, seed + 1 + i));
        }
        MultiLayerNetwork net = null;
        double lowest = Double.POSITIVE_INFINITY;
        for (int start = 0; start < STARTS; start++) {
            MultiLayerNetwork tried = Rnn.features(2).lstm(UNITS).perStep().regression(1).optimizer(Optimizer.adam(0.03)).clipGradients(1).seed(seed + start).build();
            List<Double> losses = Fit.losses(tried, batches, TRAINING_STEPS);
            double loss = losses.subList(losses.size() - batches.size(), losses.size()).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
            if (loss < lowest) {
                lowest = loss;
                net = tried;
            }
        }
        DataSet held = Sequences.latch(200, STEPS, MARKS, seed);
        INDArray output = net.output(held.getFeatures());
        double squares = 0;
        double spread = 0;
        for (int row = 0; row < 200; row++) {
            for (int t = 0; t < STEPS; t++) {
                double target = held.getLabels().getDouble(row, 0, t);
                squares += Math.pow(output.getDouble(row, 0, t) - target, 2);
                spread += target * target;
            }
        }
        LstmTrace trace = LstmTrace.of(net, 0, held.getFeatures());
        List<Double> values = new ArrayList<>();
        List<Integer> marks = new ArrayList<>();
        List<Double> target = new ArrayList<>();
        List<Double> said = new ArrayList<>();
        for (int t = 0; t < STEPS; t++) {
            values.add(held.getFeatures().getDouble(0, 0, t));
            if (held.getFeatures().getDouble(0, 1, t) == 1) {
                marks.add(t);
            }
            target.add(held.getLabels().getDouble(0, 0, t));
            said.add(output.getDouble(0, 0, t));
        }
        int best = 0;
        double n = 200.0 * STEPS;
        return new Found(values, marks, target, said, trace, best, correlation(trace, best, held.getLabels()), Math.sqrt(squares / n), Math.sqrt(spread / n), gate(trace, LstmTrace.Part.INPUT_GATE, best, held, 1),
                gate(trace, LstmTrace.Part.INPUT_GATE, best, held, 0), gate(trace, LstmTrace.Part.FORGET_GATE, best, held, 1), gate(trace, LstmTrace.Part.FORGET_GATE, best, held, 0));
    }

    /** Mean of a gate over the steps with this mark, the first step, where there is nothing to forget, left out. */
    private static double gate(LstmTrace trace, LstmTrace.Part part, int unit, DataSet held, int mark) {
        double sum = 0;
        int count = 0;
        for (int row = 0; row < trace.rows(); row++) {
            for (int t = 1; t < STEPS; t++) {
                if (held.getFeatures().getDouble(row, 1, t) == mark) {
                    sum += trace.value(part, row, unit, t);
                    count++;
                }
            }
        }
        return sum / count;
    }

    private static double correlation(LstmTrace trace, int unit, INDArray labels) {
        double n = 0;
        double cells = 0;
        double targets = 0;
        double cellSquares = 0;
        double targetSquares = 0;
        double products = 0;
        for (int row = 0; row < trace.rows(); row++) {
            for (int t = 0; t < STEPS; t++) {
                double cell = trace.value(LstmTrace.Part.CELL, row, unit, t);
                double target = labels.getDouble(row, 0, t);
                n++;
                cells += cell;
                targets += target;
                cellSquares += cell * cell;
                targetSquares += target * target;
                products += cell * target;
            }
        }
        return (products - cells * targets / n) / Math.sqrt((cellSquares - cells * cells / n) * (targetSquares - targets * targets / n));
    }

    @Override
    public String name() {
        return "rnn";
    }

    @Override
    public String title() {
        return "Recurrent network and LSTM";
    }

    @Override
    public String summary() {
        return "A recurrent network reads a sequence step by step and carries a state; an LSTM's gates decide what the state keeps.";
    }

    @Override
    public Lesson explain(long seed) {
        return lesson(find(seed));
    }

    static Lesson lesson(Found found) {
        List<Double> steps = IntStream.rangeClosed(1, STEPS).mapToObj(i -> (double) i).toList();
        List<Double> markSteps = found.marks().stream().map(t -> t + 1.0).toList();
        String error = String.format(Locale.ROOT, "error on new sequences: %.3f (always saying 0: %.3f)", found.error(), found.guess());
        String cell = String.format(Locale.ROOT, "correlation of its cell with what is to be kept: %.2f", found.correlation());
        String gates = String.format(Locale.ROOT, "its input gate: %.2f at marks, %.2f elsewhere; its forget gate: %.2f at marks, %.2f elsewhere", found.inputGateAtMarks(), found.inputGateElsewhere(),
                found.forgetGateAtMarks(), found.forgetGateElsewhere());
        return new Lesson(List.of("an LSTM of one unit keeps the value at the last mark over sequences of " + STEPS + " steps", error, cell, gates), List.of(
                new Lesson.Section("The task", new Lesson.Words("At each step the network reads a number; some steps are marked. It has to say, at every step, the number at the last mark: to store, to keep, to replace. A single LSTM unit, a cell with three gates, can; of " + STARTS + " trainings from different first weights the best is shown."),
                        new Lesson.Chart("One sequence it was not trained on. " + capital(error) + ".", new Plot.Axis("step", 0, STEPS + 1, false), new Plot.Axis("value", -1.2, 1.2, false), null,
                                List.of(Lesson.series("read", Plot.Draw.DOTS, Plot.Tone.SOFT, steps, found.values()),
                                        Lesson.series("read at a mark", Plot.Draw.MARK, Plot.Tone.SECOND, markSteps, found.marks().stream().map(found.values()::get).toList()),
                                        Lesson.series("to be said", Plot.Draw.DASH, Plot.Tone.SECOND, steps, found.target()), Lesson.line("said", Plot.Tone.ACCENT, steps, found.said())))),
                new Lesson.Section("Gates and cell", new Lesson.Formula("cell(t) = forget(t) · cell(t-1) + input(t) · candidate(t),   output(t) = outputgate(t) · tanh(cell(t))"),
                        new Lesson.Words("Each gate is a sigmoid of what is read and of the last output: 0 closed, 1 open. " + capital(gates) + ". " + capital(cell) + "."),
                        chart("Gates. Dots: marked steps.", steps, markSteps, found, -0.05, 1.05, List.of(LstmTrace.Part.INPUT_GATE, LstmTrace.Part.FORGET_GATE, LstmTrace.Part.OUTPUT_GATE)),
                        chart("Candidate, cell and output. The cell stays near where it was set until the next mark.", steps, markSteps, found, Double.NaN, Double.NaN,
                                List.of(LstmTrace.Part.CANDIDATE, LstmTrace.Part.CELL, LstmTrace.Part.OUTPUT)))));
    }

    private static List<Double> values(Found found, LstmTrace.Part part, int unit) {
        return IntStream.range(0, STEPS).mapToObj(t -> found.trace().value(part, 0, unit, t)).toList();
    }

    private static Lesson.Chart chart(String caption, List<Double> steps, List<Double> marks, Found found, double low, double high, List<LstmTrace.Part> parts) {
        Plot.Tone[] tones = {Plot.Tone.SECOND, Plot.Tone.ACCENT, Plot.Tone.THIRD};
        List<Plot.Series> series = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            series.add(Lesson.line(parts.get(i).name().toLowerCase(Locale.ROOT).replace('_', ' '), tones[i], steps, values(found, parts.get(i), found.unit())));
        }
        Lesson.Chart chart = Lesson.Chart.of(caption, "step", "value", Lesson.Scale.LINEAR, series.toArray(Plot.Series[]::new));
        Lesson.Chart fitted = Double.isNaN(low) ? chart : chart.between(low, high);
        List<Plot.Series> all = new ArrayList<>(fitted.series());
        all.add(new Plot.Series("", Plot.Draw.MARK, Plot.Tone.SOFT, marks, marks.stream().map(m -> fitted.y().low()).toList()));
        return new Lesson.Chart(caption, fitted.x(), fitted.y(), null, all);
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
