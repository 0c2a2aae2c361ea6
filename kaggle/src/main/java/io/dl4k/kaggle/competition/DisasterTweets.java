package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.CsvSource;
import io.dl4k.data.Labels;
import io.dl4k.data.SparseRows;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import io.dl4k.data.TextColumn;
import io.dl4k.kaggle.features.text.Documents;
import io.dl4k.kaggle.features.text.TermWeights;
import io.dl4k.kaggle.features.text.Terms;
import io.dl4k.kaggle.features.text.TextGroups;
import io.dl4k.kaggle.features.text.TweetTokenizer;
import io.dl4k.kaggle.features.text.Vocabulary;
import io.dl4k.metrics.Metrics;
import io.dl4k.models.Mlp;
import io.dl4k.models.Rnn;
import io.dl4k.training.Fold;
import io.dl4k.training.Splits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Natural Language Processing with Disaster Tweets: which tweets report a disaster, by a bidirectional LSTM over the words and by networks over weighted words,
 * pairs of words and parts of words, blended.
 *
 * <p>Copies of a tweet, which news agencies and robots send with ever new links, stay in one fold, and get the label that most of them have where people
 * judged them differently. The keyword that found a tweet is read with it; the location helped neither kind of network and is not.
 */
final class DisasterTweets implements Competition {
    private static final Info INFO = new Info("nlp-getting-started", List.of("nlp", "disaster-tweets"), "Natural Language Processing with Disaster Tweets",
            List.of("target"), Metrics.F1, 5, 3);
    private static final List<String> TEXTS = List.of("keyword", "location", "text");
    /** Tokens of a tweet with its keyword that the LSTM reads; one in a hundred is longer. */
    private static final int LONGEST = 40;
    private static final int MOST_TERMS = 30_000;
    private static final String KEYWORD = "<keyword>";

    private final List<Candidate> candidates = List.of(
            new Candidate("lstm", Family.LSTM, new SequencePreparation(0.1),
                    (encoder, classes, seed) -> Rnn.tokens(encoder.width(), 64).tokenNoise(0.04).dropout(0.5).lstm(64).bidirectional().maxOverTime().dropout(0.4)
                            .classes(classes).clipGradients(1).seed(seed).build(),
                    new Candidate.Recipe(2, 64, 2e-3)),
            new Candidate("terms", Family.MLP, new TermPreparation(Weighting.FREQUENCY),
                    (encoder, classes, seed) -> Mlp.classifier(encoder.width(), classes).seed(seed).build(), new Candidate.Recipe(2, 64, 1e-2)),
            new Candidate("terms-by-class", Family.MLP, new TermPreparation(Weighting.FREQUENCY_AND_CLASS),
                    (encoder, classes, seed) -> Mlp.classifier(encoder.width(), classes).hidden(32).dropout(0.5).seed(seed).build(), new Candidate.Recipe(2, 64, 1e-3)));

    @Override
    public Info info() {
        return INFO;
    }

    @Override
    public List<Candidate> candidates() {
        return candidates;
    }

    @Override
    public Table read(CsvSource csv) {
        Table table = Table.read(csv, TableOptions.DEFAULT.withAsText(TEXTS.toArray(String[]::new)));
        table.text("keyword");
        table.text("text");
        return table;
    }

    @Override
    public List<Fold> split(Table train, Targets targets, int folds, long seed) {
        int[] groups = TextGroups.of(tweets(train, CompetitionRun.all(train.rows())));
        int distinct = Arrays.stream(groups).max().orElse(0) + 1;
        int[] classes = ((ClassTargets) targets).classes();
        return folds == 1 ? Splits.grouped(classes, groups, Math.min(HOLD_OUT_PART, distinct), seed).subList(0, 1) : Splits.grouped(classes, groups, folds, seed);
    }

    /** The tokens of these rows' texts, in their order. */
    private static List<List<String>> tweets(Table table, int[] rows) {
        TextColumn texts = table.text("text");
        return Arrays.stream(rows).mapToObj(row -> texts.isMissing(row) ? List.<String>of() : TweetTokenizer.tokens(texts.value(row))).toList();
    }

    /** The words of these rows' keywords, none where there is no keyword. */
    private static List<List<String>> keywords(Table table, int[] rows) {
        TextColumn keywords = table.text("keyword");
        return Arrays.stream(rows).mapToObj(row -> keywords.isMissing(row) ? List.<String>of() : TweetTokenizer.tokens(keywords.value(row).replace("%20", " "))).toList();
    }

    /** Each training row's label, copies' settled by majority. */
    private static int[] settled(int[] rows, List<List<String>> tweets, FoldTargets targets) {
        int[] classes = Arrays.stream(rows).map(row -> (int) targets.value(row)).toArray();
        return TextGroups.majority(CompetitionRun.all(rows.length), TextGroups.of(tweets), classes);
    }

    /**
     * Tokens for a recurrent network: keyword and tweet, marked off from each other.
     *
     * @param vocabulary of the training rows
     */
    record SequenceEncoder(Vocabulary vocabulary) implements Encoder {
        @Override
        public int width() {
            return vocabulary.size();
        }

        @Override
        public BatchSource batches(Table table, int[] rows, int batchSize) {
            return Batches.ofTokensByLength(vocabulary.numbers(sequences(table, rows)), LONGEST, Labels.none(), CompetitionRun.all(rows.length), batchSize, OptionalLong.empty());
        }

        private static List<List<String>> sequences(Table table, int[] rows) {
            List<List<String>> tweets = tweets(table, rows);
            List<List<String>> keywords = keywords(table, rows);
            List<List<String>> sequences = new ArrayList<>();
            for (int i = 0; i < rows.length; i++) {
                List<String> sequence = new ArrayList<>(keywords.get(i));
                sequence.add(KEYWORD);
                sequence.addAll(tweets.get(i));
                sequences.add(sequence);
            }
            return sequences;
        }
    }

    /** @param hidden share of the tokens hidden while training */
    private record SequencePreparation(double hidden) implements Preparation {
        private static final int MINIMUM_COUNT = 2;

        @Override
        public Fitted fit(Table train, int[] rows, FoldTargets targets) {
            List<List<String>> sequences = SequenceEncoder.sequences(train, rows);
            int[] all = CompetitionRun.all(rows.length);
            Vocabulary vocabulary = Vocabulary.fit(sequences, all, MINIMUM_COUNT, MOST_TERMS);
            Labels labels = Labels.classes(settled(rows, tweets(train, rows), targets), targets.labels().width());
            int[][] numbers = vocabulary.numbers(sequences);
            return new Fitted(new SequenceEncoder(vocabulary),
                    (batchSize, seed) -> Batches.ofTokensByLength(numbers, LONGEST, labels, all, batchSize, OptionalLong.of(seed), hidden));
        }

        @Override
        public Class<SequenceEncoder> encoderType() {
            return SequenceEncoder.class;
        }
    }

    /**
     * Weighted terms side by side.
     *
     * @param words single words, pairs, and the keyword's
     * @param parts of words
     */
    record TermEncoder(TermWeights words, TermWeights parts) implements Encoder {
        private static final int SHORTEST_PART = 2;
        private static final int LONGEST_PART = 5;
        /** Parts of words take so many times what words and pairs take: one of each length begins at every character. */
        private static final long PARTS_OF_A_CHARACTER = 10;

        @Override
        public int width() {
            return Math.max(1, words.width() + parts.width());
        }

        @Override
        public BatchSource batches(Table table, int[] rows, int batchSize) {
            return source(rows(words(table, rows), parts(table, rows)), Labels.none(), batchSize, OptionalLong.empty());
        }

        private SparseRows rows(List<List<String>> wordsOf, List<List<String>> partsOf) {
            return TermWeights.rows(List.of(words, parts), List.of(wordsOf, partsOf));
        }

        private static BatchSource source(SparseRows features, Labels labels, int batchSize, OptionalLong seed) {
            return Batches.ofSparseRows(features, labels, CompetitionRun.all(features.rows()), batchSize, seed);
        }

        private static List<List<String>> words(Table table, int[] rows) {
            TextColumn texts = table.text("text");
            return Documents.of(rows.length, i -> length(texts, rows[i]), i -> {
                int[] row = {rows[i]};
                List<String> terms = new ArrayList<>(Terms.wordsAndPairs(tweets(table, row).get(0)));
                Terms.wordsAndPairs(keywords(table, row).get(0)).forEach(word -> terms.add(KEYWORD + " " + word));
                return terms;
            });
        }

        private static List<List<String>> parts(Table table, int[] rows) {
            TextColumn texts = table.text("text");
            return Documents.of(rows.length, i -> PARTS_OF_A_CHARACTER * length(texts, rows[i]), i -> Terms.parts(tweets(table, new int[] {rows[i]}).get(0), SHORTEST_PART, LONGEST_PART));
        }

        private static long length(TextColumn texts, int row) {
            return texts.isMissing(row) ? 0 : texts.value(row).length();
        }
    }

    /** What a term's weight comes from. */
    private enum Weighting {
        /** How rare it is. */
        FREQUENCY,
        /** That, and how strongly it speaks for a class. */
        FREQUENCY_AND_CLASS
    }

    /** @param weighting of the terms */
    private record TermPreparation(Weighting weighting) implements Preparation {
        private static final int FEWEST_WORDS = 2;
        private static final int FEWEST_PARTS = 3;

        @Override
        public Fitted fit(Table train, int[] rows, FoldTargets targets) {
            List<List<String>> words = TermEncoder.words(train, rows);
            List<List<String>> parts = TermEncoder.parts(train, rows);
            int[] all = CompetitionRun.all(rows.length);
            int[] classes = settled(rows, tweets(train, rows), targets);
            TermWeights ofWords = TermWeights.fit(words, all, FEWEST_WORDS, MOST_TERMS);
            TermWeights ofParts = TermWeights.fit(parts, all, FEWEST_PARTS, MOST_TERMS);
            if (weighting == Weighting.FREQUENCY_AND_CLASS) {
                ofWords = ofWords.timesLogRatios(words, all, classes);
                ofParts = ofParts.timesLogRatios(parts, all, classes);
            }
            TermEncoder encoder = new TermEncoder(ofWords, ofParts);
            Labels labels = Labels.classes(classes, targets.labels().width());
            // Made here, so that the terms themselves can go.
            SparseRows features = encoder.rows(words, parts);
            return new Fitted(encoder, (batchSize, seed) -> TermEncoder.source(features, labels, batchSize, OptionalLong.of(seed)));
        }

        @Override
        public Class<TermEncoder> encoderType() {
            return TermEncoder.class;
        }
    }
}
