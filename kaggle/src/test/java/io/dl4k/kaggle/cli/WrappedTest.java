package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WrappedTest {
    @Test
    void of_longLine_breaksAtSpacesAndLosesNothing() {
        String line = "columns: " + IntStream.range(0, 30).mapToObj(i -> "'column " + i + "'").collect(Collectors.joining(", "));
        List<String> lines = Wrapped.of(line, "         ").lines().toList();
        assertTrue(lines.stream().allMatch(l -> l.length() <= 80), lines::toString);
        assertTrue(lines.stream().skip(1).allMatch(l -> l.startsWith("         ")), lines::toString);
        assertEquals(line, lines.stream().map(String::strip).collect(Collectors.joining(" ")));
    }

    @Test
    void of_shortLineOrLongWord_staysWhole() {
        assertEquals("rows:    3", Wrapped.of("rows:    3", "         "));
        String word = "x".repeat(100);
        assertEquals(List.of("   " + word, "  end"), Wrapped.of("   " + word + " end", "  ").lines().toList());
        assertEquals(word, Wrapped.of(word, " "));
    }
}
