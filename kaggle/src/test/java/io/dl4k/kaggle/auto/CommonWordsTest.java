package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dl4k.data.CsvSource;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.FrameEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CommonWordsTest {
    private static final int[] ALL = IntStream.range(0, 100).toArray();

    private static Table texts(IntFunction<String> text) {
        String rows = IntStream.of(ALL).mapToObj(i -> i + "," + text.apply(i) + "\n").collect(Collectors.joining());
        return Table.read(CsvSource.of("train.csv", ("id,name\n" + rows).getBytes(StandardCharsets.UTF_8)), TableOptions.DEFAULT.withAsText("name"));
    }

    /** Every row has "the"; 90 are Mr. and ten Dr.; four are Ann, too few. */
    private static String name(int i) {
        return "the " + (i < 90 ? "Mr. " : "Dr. ") + (i < 4 ? "Ann " : "") + (char) ('a' + i % 26) + "q" + (char) ('a' + i / 26);
    }

    @Test
    void of_names_areThoseOfManyRowsButNotOfAll() {
        assertEquals(Optional.of(new CommonWords("name", List.of("mr", "dr"))), CommonWords.of(texts(CommonWordsTest::name).column("name"), ALL));
    }

    @Test
    void of_sentences_isEmpty() {
        assertEquals(Optional.empty(), CommonWords.of(texts(i -> name(i) + " went out to see what the weather was like").column("name"), ALL));
    }

    @Test
    void addTo_row_hasAFlagForEachWord() {
        Table table = texts(i -> i == 99 ? "" : name(i));
        Frame frame = new Frame(100);
        new CommonWords("name", List.of("mr", "dr")).addTo(frame, table);
        List<FrameEncoder.Scale> numbers = FrameEncoder.fit(frame, ALL, 1).numbers();
        FrameEncoder plain = new FrameEncoder(numbers.stream().map(scale -> new FrameEncoder.Scale(scale.name(), 0, 0, 1, false)).toList(), List.of());
        assertEquals(List.of("name word mr", "name word dr"), plain.names());
        assertArrayEquals(new float[] {1, 0, 0, 1, 0, 0}, plain.encode(frame, new int[] {0, 95, 99}).values());
    }
}
