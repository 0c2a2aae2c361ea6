package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dl4k.data.DataFiles;
import io.dl4k.kaggle.competition.CompetitionFiles;
import io.dl4k.kaggle.competition.Problem;
import io.dl4k.kaggle.competition.RunOptions;
import io.dl4k.kaggle.recipe.Recipe;
import io.dl4k.kaggle.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchTest {
    @TempDir
    Path folder;

    private static String rows(String header, int from, int n, boolean answered) {
        return header + "\n" + IntStream.range(from, from + n).mapToObj(i -> i + "," + i * 37 % 101 + (answered ? "," + i * 37 % 101 * 0.5 : "") + "\n").collect(Collectors.joining());
    }

    private Recipe searched(Duration search, Duration rest, List<String> lines) throws IOException {
        return searched(search, rest, "", lines);
    }

    /** @param more candidates than three */
    private Recipe searched(Duration search, Duration rest, String more, List<String> lines) throws IOException {
        Files.writeString(folder.resolve("train.csv"), rows("id,x,y", 0, 120, true));
        Files.writeString(folder.resolve("test.csv"), rows("id,x", 120, 30, false));
        Files.writeString(folder.resolve("sample_submission.csv"), "id,y\n" + IntStream.range(120, 150).mapToObj(i -> i + ",0.0\n").collect(Collectors.joining()));
        try (DataFiles data = DataFiles.open(folder)) {
            CompetitionFiles files = CompetitionFiles.of(data);
            Recipe recipe = Recipes.find(files, RecipeReader.parse("my.yaml", "candidates:\n  - {name: a, network: mlp, hidden: [4], epochs: 3}\n  - {name: b, network: mlp, epochs: 3}\n"
                    + "  - {name: c, network: mlp, hidden: [], epochs: 3}\n" + more)).recipe();
            Problem problem = Problem.read(Recipes.competition(recipe), files);
            RunOptions options = new RunOptions(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), search, 1);
            return new Search(recipe, problem, options, rest, lines::add).run();
        }
    }

    @Test
    void run_noTimeForTheRest_leavesFewerFoldsAndCandidates() throws IOException {
        List<String> lines = new ArrayList<>();
        Recipe hurried = searched(Duration.ZERO, Duration.ofMillis(1), lines);
        assertEquals(List.of(3, 1), List.of(hurried.folds().getAsInt(), hurried.candidates().size()), lines::toString);
        assertEquals("folds:   3 in place of 10: there is no time for more", lines.get(lines.size() - 1));
        Recipe settled = searched(Duration.ZERO, Duration.ZERO, lines);
        assertEquals(List.of(10, 3), List.of(settled.folds().getAsInt(), settled.candidates().size()), lines::toString);
    }

    @Test
    void run_noTimeForAll_looksAtOthersRatherThanLongerAtTheSame() throws IOException {
        List<String> lines = new ArrayList<>();
        Recipe hurried = searched(Duration.ofNanos(2), Duration.ZERO, lines);
        // A rung tries one candidate, however little time it has.
        assertEquals(List.of("c", "a"), lines.stream().filter(line -> line.contains("epochs")).map(line -> line.split(" +")[1]).toList(), lines::toString);
        assertEquals(2, hurried.candidates().size());
        assertEquals(List.of(3, 3), hurried.candidates().stream().map(spec -> spec.epochs().getAsInt()).toList());
    }

    @Test
    void run_timeLeft_leavesMoreCandidates() throws IOException {
        String more = IntStream.range(2, 12).mapToObj(i -> "  - {name: more-" + i + ", network: mlp, hidden: [" + i + "], epochs: 3}\n").collect(Collectors.joining());
        List<String> lines = new ArrayList<>();
        // The better half of thirteen.
        assertEquals(7, searched(Duration.ZERO, Duration.ofHours(1), more, lines).candidates().size(), lines::toString);
        assertEquals(3, searched(Duration.ZERO, Duration.ZERO, more, lines).candidates().size(), lines::toString);
    }
}
