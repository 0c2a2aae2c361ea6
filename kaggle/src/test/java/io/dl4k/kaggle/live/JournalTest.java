package io.dl4k.kaggle.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {
    @Test
    void after_aNumber_givesWhatCameLater() throws Exception {
        Journal journal = new Journal();
        journal.add("a", false);
        journal.add("b", true);
        journal.add("c", false);
        assertEquals(List.of("b", "c"), journal.after(1, 0).stream().map(Journal.Entry::json).toList());
        assertEquals(List.of(), journal.after(3, 1));
        assertFalse(journal.isOver(3));
        journal.close();
        assertTrue(journal.isOver(3));
        assertFalse(journal.isOver(2));
    }

    @Test
    void add_moreThanItHolds_dropsPassingEntriesOfBothKindsThatTakeTurns() throws Exception {
        Journal journal = new Journal(100);
        for (int i = 0; i < 5000; i++) {
            if (i % 500 == 0) {
                journal.add("kept", false);
            }
            journal.add(i % 2 == 0 ? "step" : "memory", true);
        }
        List<Journal.Entry> entries = journal.after(0, 0);
        assertTrue(entries.size() <= 100, () -> entries.size() + " entries");
        assertEquals(10, entries.stream().filter(entry -> entry.json().equals("kept")).count());
        long steps = entries.stream().filter(entry -> entry.json().equals("step")).count();
        assertTrue(steps > 10 && entries.size() - 10 - steps > 10, () -> steps + " of " + entries.size());
        for (int i = 1; i < entries.size(); i++) {
            assertTrue(entries.get(i).number() > entries.get(i - 1).number());
        }
    }
}
