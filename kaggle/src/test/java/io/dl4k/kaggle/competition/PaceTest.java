package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void due_affordable_waitsAHundredTimesWhatWritingTook() {
        AtomicLong now = new AtomicLong();
        Pace pace = Pace.affordable(now::get);
        now.addAndGet(59_999_000_000L);
        assertFalse(pace.due());
        now.addAndGet(1_000_000);
        assertTrue(pace.due());
        pace.written(50_000_000);
        now.addAndGet(4_999_000_000L);
        assertFalse(pace.due());
        now.addAndGet(1_000_000);
        assertTrue(pace.due());
        pace.written(1);
        now.addAndGet(1_999_000_000);
        assertFalse(pace.due(), "never more often than every two seconds");
        assertEquals(2, pace.times());
        assertEquals(Duration.ofNanos(50_000_001), pace.cost());
    }

    @Test
    void due_everyStep_isAlways() {
        Pace pace = Pace.every(Duration.ZERO);
        assertTrue(pace.due());
        pace.written(1_000_000_000);
        assertTrue(pace.due());
    }
}
