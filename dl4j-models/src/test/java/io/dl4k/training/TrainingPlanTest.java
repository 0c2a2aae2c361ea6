package io.dl4k.training;

import static io.dl4k.training.Fixtures.column;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.metrics.Metrics;
import io.dl4k.accel.program.Precision;
import io.dl4k.models.Schedule;
import io.dl4k.training.Fixtures.Rows;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingPlanTest {

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void epochs_alone_givesDefaults() {
        assertEquals(new TrainingPlan(3, Optional.empty(), Optional.empty(), Optional.empty(), Duration.ZERO, 42, 1, Precision.FLOAT32),
                TrainingPlan.epochs(3));
    }

    @Test
    void with_eachPart_changesItAlone() {
        Schedule schedule = new Schedule.Step(0.1, 0.5, 10);
        EarlyStopping stopping = EarlyStopping.onLoss(3);
        Averaging averaging = new Averaging.Exponential(0.9);
        assertEquals(
                new TrainingPlan(5, Optional.of(schedule), Optional.of(stopping), Optional.of(averaging), Duration.ofMinutes(1), 9, 2, Precision.BF16),
                TrainingPlan.epochs(3).withSchedule(schedule).withEarlyStopping(stopping).withAveraging(averaging)
                        .withBudget(Duration.ofMinutes(1)).withSeed(9).withWorkers(2).withPrecision(Precision.BF16).withEpochs(5));
    }

    @Test
    void plan_outOfRange_isRefused() {
        refused("epochs must be at least 1, got 0", () -> TrainingPlan.epochs(0));
        refused("workers must be at least 1, got 0", () -> TrainingPlan.epochs(1).withWorkers(0));
        refused("budget must not be negative, got PT-1S", () -> TrainingPlan.epochs(1).withBudget(Duration.ofSeconds(-1)));
        refused("patience must be at least 1, got 0", () -> EarlyStopping.onMetric(0));
        refused("epochs to average must be at least 1, got 0", () -> new Averaging.LastEpochs(0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void minDelta_outOfRange_isRefused(double minDelta) {
        refused("minDelta must be finite and at least 0, got " + minDelta,
                () -> new EarlyStopping(EarlyStopping.Watch.LOSS, 1, minDelta));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.1, Double.NaN})
    void decay_outOfRange_isRefused(double decay) {
        refused("decay must be in (0, 1), got " + decay, () -> new Averaging.Exponential(decay));
    }

    @Test
    void validation_wrongRows_isRefused() {
        refused("validation has 2 rows, but 1 rows of targets",
                () -> new Validation(new Rows(column(1, 2), null, 1), column(1), Metrics.MAE));
        refused("validation has no rows; train without it, or hold some rows out",
                () -> new Validation(new Rows(new float[0][], null, 1), new float[0][], Metrics.MAE));
    }

    @Test
    void secondsPerEpoch_severalEpochs_leavesTheFirstOut() {
        History.Epoch first = epoch(1, 9);
        assertEquals(OptionalDouble.empty(), new History(List.of()).secondsPerEpoch());
        assertEquals(9, new History(List.of(first)).secondsPerEpoch().orElseThrow());
        assertEquals(3, new History(List.of(first, epoch(2, 2), epoch(3, 4))).secondsPerEpoch().orElseThrow());
    }

    private static History.Epoch epoch(int number, double seconds) {
        return new History.Epoch(number, 1, OptionalDouble.empty(), OptionalDouble.empty(), 0.1, seconds, 1);
    }
}
