package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.BatchSource;
import io.dl4k.data.DataFiles;
import io.dl4k.data.Table;
import io.dl4k.hardware.MemoryLimits;
import io.dl4k.hardware.MemoryNeed;
import io.dl4k.hardware.MemoryNeed.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunNeedTest {
    private static final long MIB = 1L << 20;
    private static final int ROWS = 3000;
    private static final int MANY = 1000;
    private static final Competition TITANIC = Competitions.find("titanic").orElseThrow();
    private static final RunOptions OPTIONS = RunOptions.defaults(1);

    @TempDir
    Path folder;

    private Problem problem() throws IOException {
        try (DataFiles files = DataFiles.open(Rows.titanicFolder(folder.resolve("titanic"), ROWS, 100))) {
            return Problem.read(TITANIC, CompetitionFiles.of(files));
        }
    }

    private static long part(MemoryNeed need, String what, Place place) {
        return need.parts().stream().filter(part -> part.what().equals(what) && part.place() == place).mapToLong(MemoryNeed.Part::bytes).sum();
    }

    @Test
    void of_fewRows_carriesOnToAllRows() throws Exception {
        Problem problem = problem();
        Candidate candidate = TITANIC.candidates().get(0);
        MemoryNeed need = RunNeed.of(TITANIC, problem, OPTIONS, candidate, 5 * MIB);
        int[] rows = CompetitionRun.all(ROWS * 9 / 10);
        Preparation.Fitted fitted = candidate.preparation().fit(problem.train(), rows, problem.targets().fit(rows));
        double real = fitted.training().batches(32, 1).bytes();
        // More rows have a few more levels of categories.
        assertEquals(real, part(need, "the features of a fold's rows", Place.HEAP), real / 4);
        assertEquals(5 * MIB, part(need, "the tables", Place.HEAP));
        long parameters = candidate.architecture().build(fitted.encoder(), 2, 1).numParams();
        assertEquals(19 * 4 * 4 * parameters, part(need, "the 20 networks", Place.OUTSIDE), 19 * 4 * 4 * parameters / 4.0);
        assertTrue(part(need, "a network in training and its step", Place.OUTSIDE) >= 3 * 4 * parameters / 2, () -> need.toString());
    }

    @Test
    void refusal_smallHeap_namesCandidateNeedAndLimit() throws Exception {
        Problem problem = problem();
        String reason = RunNeed.refusal(TITANIC, problem, OPTIONS, MemoryLimits.of(0, MIB)).orElseThrow();
        assertTrue(reason.matches("\\S*train.csv: for 'mlp' about \\d+ MiB of Java's heap are needed \\(\\d+ for .*\\), but it has 1 MiB\\. Give Java more with DL4K_JAVA_OPTS=-Xmx\\d+m, .*"), reason);
        assertEquals(Optional.empty(), RunNeed.refusal(TITANIC, problem, OPTIONS, MemoryLimits.of(1L << 40, 1L << 39)));
    }

    private record Words(Encoder encoder, byte[] words) implements Encoder {
        @Override
        public int width() {
            return encoder.width();
        }

        @Override
        public BatchSource batches(Table table, int[] rows, int batchSize) {
            return encoder.batches(table, rows, batchSize);
        }
    }

    /** Titanic whose encoders take memory only where they are fitted on many rows, as those of texts do. @param bytes negative: more than there are */
    private static Competition wordy(int bytes) {
        return new Refitted(Words.class, (own, train, rows, targets) -> {
            Preparation.Fitted fitted = own.fit(train, rows, targets);
            if (rows.length < MANY) {
                return fitted;
            }
            if (bytes < 0) {
                throw new OutOfMemoryError("as of texts that do not fit");
            }
            return new Preparation.Fitted(new Words(fitted.encoder(), new byte[bytes]), fitted.training());
        });
    }

    @Test
    void refusal_wordsOfManyRows_areFoundByAFoldOfThem() throws Exception {
        Problem problem = problem();
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        MemoryLimits limits = MemoryLimits.of(1L << 40, used + 64 * MIB);
        assertEquals(Optional.empty(), RunNeed.refusal(wordy(0), problem, OPTIONS, limits));
        // Ten folds' do not fit, one fold's would.
        String reason = RunNeed.refusal(wordy((int) (8 * MIB)), problem, OPTIONS, limits).orElseThrow();
        assertTrue(reason.matches(".*for 'mlp' about \\d+ MiB of Java's heap are needed \\(.*\\b[789]\\d for the words and levels of finished networks.*"), reason);
        String full = RunNeed.refusal(wordy(-1), problem, OPTIONS, limits).orElseThrow();
        assertTrue(full.contains("for 'mlp' more than Java's heap of "), full);
    }
}
