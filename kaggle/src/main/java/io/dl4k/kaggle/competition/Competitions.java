package io.dl4k.kaggle.competition;

import io.dl4k.data.CsvSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The competitions that DL4K knows. */
public final class Competitions {
    private static final String SAMPLE_FOLDER = "digits-8x8/";

    private Competitions() {
    }

    /** All of them, the embedded sample last. */
    public static List<Competition> all() {
        return List.of(new Titanic(), new HousePrices(), Digits.recognizer(), new DisasterTweets(), new BikeSharing(), sample());
    }

    /** The one that {@code ./dl4k train} trains on without arguments. */
    public static Competition sample() {
        return Digits.sample();
    }

    /** The embedded sample's files, read from the application's jar. */
    public static CompetitionFiles sampleFiles() {
        return new CompetitionFiles("embedded sample", resource("train.csv"), resource("test.csv"), resource("sample_submission.csv"));
    }

    /** Finds a competition by its slug or an alias, in any case. */
    public static Optional<Competition> find(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return all().stream().filter(c -> c.info().slug().equals(wanted) || c.info().aliases().contains(wanted)).findFirst();
    }

    private static CsvSource resource(String name) {
        try (InputStream in = Competitions.class.getResourceAsStream(SAMPLE_FOLDER + name)) {
            return CsvSource.of("embedded sample!" + name, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the application's jar is damaged: " + name + " cannot be read", e);
        }
    }
}
