package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.CsvSource;
import io.dl4k.data.Table;
import io.dl4k.kaggle.recipe.CandidateSpec;
import io.dl4k.kaggle.recipe.NetworkSpec;
import io.dl4k.kaggle.recipe.RecipeReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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
    void of_fewRowsOfClasses_holdsOneNetworkBack() {
        assertTrue(candidates("binary", 2_999).containsKey("mlp-held-back"));
        assertFalse(candidates("binary", 3_000).containsKey("mlp-held-back"));
        assertFalse(candidates("regression", 200).containsKey("mlp-held-back"));
    }

    @Test
    void of_numbers_haveALinearNetworkThatOddRowsDoNotPull() {
        Map<String, CandidateSpec> numbers = candidates("regression", 200);
        assertTrue(((NetworkSpec.Mlp) numbers.get("linear-robust").network().orElseThrow()).robust());
        assertFalse(((NetworkSpec.Mlp) numbers.get("linear").network().orElseThrow()).robust());
        assertFalse(candidates("binary", 200).containsKey("linear-robust"));
    }
}
