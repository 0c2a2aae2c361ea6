package io.dl4k.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;

class ScheduleTest {

    @Test
    void constant_anyStep_isTheRate() {
        assertEquals(0.3, Schedule.constant(0.3).at(12345678901L));
    }

    @Test
    void step_everyTen_multipliesEveryTen() {
        Schedule schedule = new Schedule.Step(0.8, 0.5, 10);
        assertEquals(0.8, schedule.at(9));
        assertEquals(0.4, schedule.at(10));
        assertEquals(0.1, schedule.at(39), 1e-15);
    }

    @Test
    void cosine_warmup_risesToPeakAndFallsToFloor() {
        Schedule schedule = new Schedule.Cosine(1, 4, 12, 0.2);
        assertEquals(0.25, schedule.at(0));
        assertEquals(1, schedule.at(3));
        assertEquals(1, schedule.at(4));
        assertEquals(0.6, schedule.at(8), 1e-15);
        assertEquals(0.2 + 0.8 * (1 + Math.cos(Math.PI * 0.75)) / 2, schedule.at(10), 1e-15);
        assertEquals(0.2, schedule.at(12));
        assertEquals(0.2, schedule.at(1000));
    }

    @Test
    void oneCycle_ends_areTwentyFifthAndTenThousandthOfIt() {
        Schedule.OneCycle schedule = new Schedule.OneCycle(1, 101);
        assertEquals(30, schedule.peakStep());
        assertEquals(0.04, schedule.at(0), 1e-15);
        assertEquals(0.52, schedule.at(15), 1e-12);
        assertEquals(1, schedule.at(30));
        assertEquals(0.500002, schedule.at(65), 1e-12);
        assertEquals(4e-6, schedule.at(100), 1e-15);
        assertEquals(4e-6, schedule.at(500), 1e-15);
    }

    static Stream<Schedule> all() {
        return Stream.of(Schedule.constant(0.1), new Schedule.Step(0.3, 0.9, 7), new Schedule.Cosine(0.1, 0, 20_000, 0),
                new Schedule.Cosine(0.02, 500, 9_000, 0.001), new Schedule.Cosine(0.02, 5, 90, 0.001),
                new Schedule.OneCycle(0.5, 30_000), new Schedule.OneCycle(0.5, 2), new Schedule.OneCycle(0.5, 3));
    }

    @ParameterizedTest
    @MethodSource("all")
    void toStock_everyStep_staysWithinItsBound(Schedule schedule) {
        ISchedule stock = schedule.toStock();
        double peak = 0;
        double worst = 0;
        for (int step = 0; step < 31_000; step++) {
            peak = Math.max(peak, schedule.at(step));
            worst = Math.max(worst, Math.abs(schedule.at(step) - stock.valueAt(step, 0)));
        }
        boolean exact = !(stock instanceof MapSchedule);
        assertTrue(worst <= (exact ? 1e-15 : peak / 512), "differs by " + worst + " of " + peak);
        if (stock instanceof MapSchedule stairs) {
            assertTrue(stairs.getValues().size() < 2000, () -> stairs.getValues().size() + " stairs");
        }
    }

    @Test
    void records_outOfRange_areRefused() {
        refused("rate must be finite and above 0, got -1.0", () -> Schedule.constant(-1));
        refused("factor must be in (0, 1], got 0.0", () -> new Schedule.Step(1, 0, 1));
        refused("every must be at least 1, got 0", () -> new Schedule.Step(1, 0.5, 0));
        refused("totalSteps must be above warmupSteps 10, got 10", () -> new Schedule.Cosine(1, 10, 10, 0));
        refused("floor must be in [0, peak 1.0], got 2.0", () -> new Schedule.Cosine(1, 1, 10, 2));
        refused("totalSteps must be at least 2, got 1", () -> new Schedule.OneCycle(1, 1));
        refused("step must be at least 0, got -1", () -> Schedule.constant(1).at(-1));
    }

    private static void refused(String message, Runnable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
