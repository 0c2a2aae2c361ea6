package io.dl4k.kaggle.competition;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.dl4k.data.CsvSource;
import io.dl4k.data.DataFiles;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Tells a competition's files by their columns, where their names do not: all of the test rows' columns are among the training rows' own, and the sample submission
 * asks for columns that the test rows lack.
 */
final class Roles {
    /** With more files than this it is too much of a guess. */
    private static final int MOST_FILES = 10;

    private record Csv(CsvSource source, List<String> columns) {
    }

    private record Guess(Csv train, Csv test, Csv sample) {
        /** Columns of the submission but the id. */
        List<String> answers() {
            return sample.columns().subList(1, sample.columns().size());
        }

        boolean possible() {
            Set<String> shared = new HashSet<>(test.columns());
            Set<String> lacking = new HashSet<>(train.columns());
            boolean within = lacking.containsAll(shared);
            lacking.removeAll(shared);
            Set<String> known = new HashSet<>();
            lacking.forEach(name -> known.add(name.toLowerCase(Locale.ROOT)));
            return within && sample.columns().size() >= 2 && answers().stream().allMatch(name -> known.contains(name.toLowerCase(Locale.ROOT)));
        }
    }

    private Roles() {
    }

    /** The only way, or of several the one with the fewest columns to be answered; nothing where there is none. */
    static Optional<CompetitionFiles> of(DataFiles files) {
        if (files.names().size() < 3 || files.names().size() > MOST_FILES) {
            return Optional.empty();
        }
        List<Csv> all = files.names().stream().map(name -> read(files.require(name))).toList();
        List<Guess> guesses = new ArrayList<>();
        for (Csv train : all) {
            for (Csv test : all) {
                for (Csv sample : all) {
                    Guess guess = new Guess(train, test, sample);
                    if (train != test && train != sample && test != sample && guess.possible()) {
                        guesses.add(guess);
                    }
                }
            }
        }
        guesses.sort(Comparator.comparingInt((Guess guess) -> guess.answers().size()));
        boolean clear = guesses.size() == 1 || guesses.size() > 1 && guesses.get(0).answers().size() < guesses.get(1).answers().size();
        return clear ? Optional.of(new CompetitionFiles(files.name(), guesses.get(0).train().source(), guesses.get(0).test().source(), guesses.get(0).sample().source())) : Optional.empty();
    }

    /** A file whose first line cannot be read plays no role; reading it whole would say why. */
    private static Csv read(CsvSource source) {
        try (Reader text = new InputStreamReader(source.open(), StandardCharsets.UTF_8); CsvReader<CsvRecord> csv = CsvReader.builder().ofCsvRecord(text)) {
            List<String> columns = csv.stream().findFirst().map(CsvRecord::getFields).orElse(List.of());
            return new Csv(source, columns.stream().map(name -> name.replace("\ufeff", "")).toList());
        } catch (CsvParseException e) {
            return new Csv(source, List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
