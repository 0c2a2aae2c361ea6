package io.dl4k.kaggle.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each topic claims, from the data that it shows; and that a second run writes the same page. */
class TopicsTest {
    private static final long SEED = Site.SEED;

    private static double last(List<Double> values) {
        return values.get(values.size() - 1);
    }

    @Test
    void neuron_isItsFormulaAndALine() {
        Neuron.Found found = Neuron.find(SEED);
        assertTrue(found.difference() < 1e-6, () -> "formula and network differ by " + found.difference());
        assertTrue(found.errors() <= 12, () -> found.errors() + " of 120 wrong");
        for (int i = 0; i < found.sums().size(); i++) {
            assertEquals(found.sums().get(i) > 0, found.outputs().get(i) > 0.5, "the line is where it says one half");
        }
        Site.assertSame(new Neuron(), Neuron.lesson(found));
    }

    @Test
    void perceptron_separatesByALineAndFailsXorThatTheMultilayerOneSolves() {
        Perceptron.Found found = Perceptron.find(SEED);
        assertEquals(0, found.separable().wrong());
        // A line has at least one of the four clouds on the wrong side.
        assertTrue(found.xor().wrong() >= 0.2 * found.xor().points(), found.xor()::says);
        assertEquals(0, found.multilayer().wrong());
        Site.assertSame(new Perceptron(), Perceptron.lesson(found));
    }

    @Test
    void activations_rangesSaturationAndSoftmaxAreRight() {
        Activations.Found found = Activations.find(SEED);
        double[][] ranges = {{0, 1}, {-1, 1}, {0, 30}, {-0.3, 30}};
        for (int i = 0; i < 4; i++) {
            assertEquals(ranges[i][0], found.curves().get(i).smallest(), 1e-6);
            assertEquals(ranges[i][1], found.curves().get(i).largest(), 1e-6);
        }
        Activations.Curve sigmoid = found.curves().get(0);
        // 4 s (1 - s) = 0.009 at x = -ln(1 / s - 1).
        double edge = Math.log(1 / ((1 - Math.sqrt(1 - 0.009)) / 2) - 1);
        assertEquals(edge, sigmoid.flatAbove(), 0.03);
        assertEquals(-edge, sigmoid.flatBelow(), 0.03);
        assertEquals(0, found.curves().get(2).flatBelow(), 0.03);
        assertTrue(Double.isNaN(found.curves().get(3).flatBelow()), "leaky ReLU never is flat");
        for (List<double[]> pair : found.softmax()) {
            assertEquals(1, Arrays.stream(pair.get(1)).sum(), 1e-9);
            assertTrue(Arrays.stream(pair.get(1)).allMatch(p -> p > 0 && p < 1));
        }
        assertEquals(found.softmax().get(0).get(1)[0], found.softmax().get(2).get(1)[0], 1e-9, "only differences count");
        for (Activations.Trained trained : found.trained()) {
            assertTrue(last(trained.losses()) < 0.9 * trained.losses().get(0), trained.name());
        }
        assertTrue(last(found.trained().get(3).losses()) < last(found.trained().get(0).losses()), "leaky ReLU learns faster than sigmoid");
        Site.assertSame(new Activations(), Activations.lesson(found));
    }

    @Test
    void losses_costIsTheMeanAndTheObjectiveTheScore() {
        Losses.Found found = Losses.find(SEED);
        for (int i = 0; i < found.losses().size(); i++) {
            assertEquals(-Math.log(found.probabilities().get(i)), found.losses().get(i), 1e-4);
        }
        assertEquals(found.penalty(), found.byHand(), 1e-5);
        assertEquals(found.objective(), found.cost() + found.penalty(), 1e-5);
        for (Losses.Punishing one : found.punishing().subList(0, 3)) {
            for (int i = 0; i < one.x().size(); i++) {
                double r = Math.abs(one.x().get(i));
                double expected = one.name().startsWith("squared") ? r * r : one.name().startsWith("absolute") ? r : r <= 1 ? r * r / 2 : r - 0.5;
                assertEquals(expected, one.y().get(i), 1e-6, one.name() + " of " + r);
            }
        }
        Losses.Punishing entropy = found.punishing().get(3);
        Losses.Punishing squared = found.punishing().get(4);
        for (int i = 0; i < entropy.x().size(); i++) {
            assertEquals(-Math.log(entropy.x().get(i)), entropy.y().get(i), 1e-5);
            assertEquals(Math.pow(1 - squared.x().get(i), 2), squared.y().get(i), 1e-6);
        }
        Site.assertSame(new Losses(), Losses.lesson(found));
    }

    @Test
    void gradientDescent_convergesBelowTheLimitAndDivergesAboveIt() {
        GradientDescent.Found found = GradientDescent.find(SEED);
        double start = found.rates().get(0).costs().get(0);
        assertEquals(found.bestCost(), found.rates().get(1).last(), 0.01);
        assertTrue(found.rates().get(0).last() < start && found.rates().get(0).last() > found.rates().get(1).last(), "slow, but downhill");
        List<Double> wild = found.rates().get(2).costs();
        assertTrue(last(wild) > 2 * start && last(wild) > wild.get(wild.size() / 2), () -> "diverges: " + last(wild));
        for (GradientDescent.Path path : found.optimizers()) {
            assertTrue(path.last() < 0.1 * start, path.name());
        }
        for (int i = 1; i < found.rates().get(1).costs().size(); i++) {
            assertTrue(found.rates().get(1).costs().get(i) <= found.rates().get(1).costs().get(i - 1) + 1e-6, "each step goes down");
        }
        Site.assertSame(new GradientDescent(), GradientDescent.lesson(found));
    }

    @Test
    void backprop_isTheNumericGradient() {
        Backpropagation.Found found = Backpropagation.find(SEED);
        for (Backpropagation.Checked network : found.networks()) {
            assertTrue(network.check().largestError() < 1e-6, () -> network.name() + ": " + network.check().parameters());
        }
        double best = found.errors().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        assertTrue(found.errors().get(0) > 1e3 * best && last(found.errors()) > 1e3 * best, "too large and too small a step are worse: " + found.errors());
        Site.assertSame(new Backpropagation(), Backpropagation.lesson(found));
    }

    @Test
    void exploding_growsThroughTimeAndClippingTamesIt() {
        Exploding.Found found = Exploding.find(SEED);
        // A multiple of the identity stretches by exactly its factor.
        assertEquals(Math.pow(0.9, 79), found.throughTime().get(0).firstToLast(), 1e-3 * Math.pow(0.9, 79));
        assertEquals(1, found.throughTime().get(1).firstToLast(), 1e-3);
        assertEquals(Math.pow(1.1, 79), found.throughTime().get(2).firstToLast(), 1e-3 * Math.pow(1.1, 79));
        double largest = found.unclipped().norms().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        assertTrue(largest > 1e6, () -> "explodes: " + largest);
        double first = Exploding.mean(found.clipped().losses().subList(0, 8));
        assertTrue(found.clipped().losses().stream().allMatch(Double::isFinite));
        assertTrue(Exploding.mean(found.clipped().losses()) < 0.5 * first, () -> "learns: " + found.clipped().losses());
        Site.assertSame(new Exploding(), Exploding.lesson(found));
    }

    @Test
    void vanishing_lstmAndRectifierLearnWhereThePlainOnesDoNot() {
        Vanishing.Found found = Vanishing.find(SEED);
        assertTrue(found.lstm().accuracy() > 0.95, () -> "LSTM " + found.lstm().accuracy());
        assertTrue(found.plain().accuracy() < 0.7, () -> "plain " + found.plain().accuracy());
        assertTrue(found.lstm().after().norms().get(0) > 100 * found.plain().after().norms().get(0));
        assertTrue(found.sigmoid().gradients().get(0) < 1e-4 * last(found.sigmoid().gradients()), found.sigmoid().gradients()::toString);
        assertTrue(found.rectifier().gradients().get(0) > 0.05 * last(found.rectifier().gradients()), found.rectifier().gradients()::toString);
        assertTrue(found.rectifier().accuracy() > 0.85 && found.sigmoid().accuracy() < 0.5, () -> found.rectifier().accuracy() + " and " + found.sigmoid().accuracy());
        Site.assertSame(new Vanishing(), Vanishing.lesson(found));
    }

    @Test
    void cnn_readsTheDigitAndItsFieldIsTheFormulas() {
        Convolution.Found found = Convolution.find(SEED);
        assertTrue(found.accuracy() > 0.9, () -> "accuracy " + found.accuracy());
        assertEquals(1, Arrays.stream(found.probabilities()).sum(), 1e-5);
        assertEquals(8, Convolution.receptiveField());
        assertEquals(List.of(8, 4, 4), List.of(found.first().side(), found.pooled().side(), found.second().side()));
        for (int map = 0; map < found.first().values().size(); map++) {
            for (int r = 0; r < 4; r++) {
                for (int c = 0; c < 4; c++) {
                    double[] all = found.first().values().get(map);
                    double largest = Math.max(Math.max(all[16 * r + 2 * c], all[16 * r + 2 * c + 1]), Math.max(all[16 * r + 8 + 2 * c], all[16 * r + 8 + 2 * c + 1]));
                    assertEquals(largest, found.pooled().values().get(map)[4 * r + c], "pooling takes the largest of four");
                }
            }
        }
        // From pooled row 0 to 2, pixels -1 to 6: the one above the image is cut off.
        assertEquals(7, found.fieldSide());
        Site.assertSame(new Convolution(), Convolution.lesson(found));
    }

    @Test
    void rnn_keepsTheMarkedValueByItsGates() {
        Recurrence.Found found = Recurrence.find(SEED);
        assertTrue(found.error() < 0.35 * found.guess(), () -> found.error() + " against " + found.guess());
        assertTrue(Math.abs(found.correlation()) > 0.8, () -> "correlation " + found.correlation());
        assertTrue(found.inputGateAtMarks() > found.inputGateElsewhere(), "opens at marks");
        assertTrue(found.forgetGateElsewhere() > found.forgetGateAtMarks(), "keeps elsewhere");
        Site.assertSame(new Recurrence(), Recurrence.lesson(found));
    }

    @Test
    void workflow_endsAtTheTrueWeights() {
        Workflow.Found found = Workflow.find(SEED);
        assertEquals(Workflow.W1, found.last()[0], 0.01);
        assertEquals(Workflow.W2, found.last()[1], 0.01);
        assertEquals(Workflow.B, found.last()[2], 0.01);
        assertEquals(300, found.losses().size());
        assertTrue(last(found.epochs()) < 2e-4, found.epochs()::toString);
        assertTrue(found.firstLoss() > 10);
        Site.assertSame(new Workflow(), Workflow.lesson(found));
    }

    @Test
    void overfitting_gapGrowsWithTheNetworkAndShrinksWithRows() {
        Overfitting.Found found = Overfitting.find(SEED);
        List<Overfitting.Run> few = found.grid().get(0);
        List<Overfitting.Run> many = found.grid().get(2);
        Overfitting.Run large = few.get(3);
        assertTrue(large.trainingError() < 0.15 && large.validationError() > 2 * large.trainingError(), () -> large.trainingError() + " and " + large.validationError());
        assertTrue(few.get(3).trainingError() < few.get(0).trainingError());
        assertTrue(many.get(3).validationError() < 0.8 * large.validationError(), "more rows help");
        for (Overfitting.Run tamed : found.tamed().subList(1, 3)) {
            assertTrue(tamed.validationError() < large.validationError() && tamed.trainingError() > large.trainingError(), () -> tamed.name() + " " + tamed.trainingError() + " and " + tamed.validationError());
        }
        Site.assertSame(new Overfitting(), Overfitting.lesson(found));
    }
}
