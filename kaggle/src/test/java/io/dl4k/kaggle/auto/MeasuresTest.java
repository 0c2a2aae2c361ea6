package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasuresTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"$1,250.50|1250.5", "45%|45", "74 bhp|74", "10+ years|10", "< 1 year|1", "1.2k|1200", "(300)|-300", "-4.5|-4.5", "€ 1.000,5|NaN", "3,5|3.5",
        ".5|0.5", "+7|7", "1e3|1000", "12 km/h|12", "C123|NaN", "?|NaN", "2021-03-04|NaN", "A/5 21171|NaN", "1,234,567|1234567", "''|NaN"})
    void value_asPeopleWriteIt(String text, double number) {
        assertEquals(number, Measures.value(text));
    }

    @Test
    void look_identifiersAndManyWords_areNoMeasures() {
        List<String> numbers = IntStream.range(0, 100).mapToObj(i -> i + " cc").toList();
        assertTrue(Measures.look(numbers));
        assertFalse(Measures.look(IntStream.range(0, 100).mapToObj(i -> String.format("%05d", i)).toList()), "zip codes");
        assertFalse(Measures.look(IntStream.range(0, 100).mapToObj(i -> i % 5 == 0 ? "none " + i : i + " cc").toList()), "too many words");
        assertFalse(Measures.look(IntStream.range(0, 100).mapToObj(i -> i + "ABCDEFGH".substring(i % 8, i % 8 + 1)).toList()), "seats");
    }
}
