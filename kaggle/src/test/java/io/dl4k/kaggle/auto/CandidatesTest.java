package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.CsvSource;
import io.dl4k.data.Table;
import io.dl4k.kaggle.recipe.CandidateSpec;
import io.dl4k.kaggle.recipe.NetworkSpec;
import io.dl4k.kaggle.recipe.RecipeReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private static Map<String, CandidateSpec> candidates(String task, int rows) {
        String lines = IntStream.range(0, rows).mapToObj(i -> i + "," + i % 17 + "," + i % 2 + "\n").collect(Collectors.joining());
        Table train = Table.read(CsvSource.of("train.csv", ("id,x,y\n" + lines).getBytes(StandardCharsets.UTF_8)));
        return Candidates.of(RecipeReader.parse("my.yaml", "id: id\ntarget: y\ntask: " + task + "\ncolumns: {x: number}\n"), train).stream()
                .collect(Collectors.toMap(CandidateSpec::name, Function.identity()));
    }

    @Test
    void of_fewRowsOfClasses_holdsSomeNetworksBack() {
        Set<String> heldBack = Set.of("mlp-held-back", "mlp-dropped", "linear-ridge", "linear-heavy");
        assertTrue(candidates("binary", 2_999).keySet().containsAll(heldBack));
        assertTrue(Collections.disjoint(candidates("binary", 3_000).keySet(), heldBack));
        assertTrue(Collections.disjoint(candidates("regression", 200).keySet(), heldBack));
    }

    @Test
    void of_moreRows_areSeenMoreOftenInAllAndEachLessOften() {
        int before = 0;
        for (int rows : new int[] {1_000, 4_000, 16_000, 64_000}) {
            CandidateSpec mlp = candidates("regression", rows).get("mlp-fit");
            int seen = rows * mlp.epochs().orElseThrow();
            assertTrue(seen > before, "rows seen of " + rows);
            before = seen;
        }
        assertEquals(80, candidates("regression", 4_000).get("mlp-fit").epochs().orElseThrow());
        assertEquals(40, candidates("regression", 16_000).get("mlp-fit").epochs().orElseThrow());
    }

    @Test
    void of_sentences_leavesOutNetworksThatSayTheSame() {
        String text = IntStream.range(0, 200).mapToObj(i -> i + ",the quick brown fox jumps over the " + i + "th lazy dog," + i % 2 + "\n").collect(Collectors.joining());
        Table train = Table.read(CsvSource.of("train.csv", ("id,x,y\n" + text).getBytes(StandardCharsets.UTF_8)));
        Set<String> names = Candidates.of(RecipeReader.parse("my.yaml", "id: id\ntarget: y\ntask: binary\ncolumns: {x: text}\n"), train).stream().map(CandidateSpec::name).collect(Collectors.toSet());
        assertTrue(names.containsAll(Set.of("terms", "lstm", "mlp", "mlp-fit")), names::toString);
        assertTrue(Collections.disjoint(names, Set.of("mlp-wide", "mlp-plain", "mlp-ranks")), names::toString);
    }

    @Test
    void of_numbers_haveALinearNetworkThatOddRowsDoNotPull() {
        Map<String, CandidateSpec> numbers = candidates("regression", 200);
        assertTrue(((NetworkSpec.Mlp) numbers.get("linear-robust").network().orElseThrow()).robust());
        assertFalse(((NetworkSpec.Mlp) numbers.get("linear").network().orElseThrow()).robust());
        assertFalse(candidates("binary", 200).containsKey("linear-robust"));
    }
}
