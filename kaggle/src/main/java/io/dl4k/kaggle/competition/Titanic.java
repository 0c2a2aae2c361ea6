package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.CsvSource;
import io.dl4k.data.Labels;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import io.dl4k.data.TextColumn;
import io.dl4k.kaggle.features.FeatureMatrix;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.FrameEncoder;
import io.dl4k.kaggle.features.GroupRate;
import io.dl4k.kaggle.report.Outlook;
import io.dl4k.metrics.Metrics;
import io.dl4k.models.Mlp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Titanic - Machine Learning from Disaster: who survived, by a small multilayer perceptron on engineered features.
 *
 * <p>What matters beyond sex, class and age: the title in the name (a boy is a "Master"), the size of the party, the fare per person, and how the women and
 * children of the same party fared, because they lived or died together.
 */
final class Titanic implements Competition {
    private static final Info INFO = new Info("titanic", List.of(), "Titanic - Machine Learning from Disaster", List.of("Survived"), Metrics.ACCURACY, 10, 2);
    private static final List<String> TEXTS = List.of("PassengerId", "Name", "Sex", "Ticket", "Cabin", "Embarked");
    private static final List<String> NUMBERS = List.of("Pclass", "Age", "SibSp", "Parch", "Fare");

    private final List<Candidate> candidates = List.of(new Candidate("mlp", Family.MLP, new PassengerPreparation(),
            (encoder, classes, seed) -> Mlp.classifier(encoder.width(), classes).hidden(32, 16).dropout(0.3).l2(1e-3).seed(seed).build(),
            new Candidate.Recipe(40, 32, 5e-3)));

    @Override
    public Info info() {
        return INFO;
    }

    @Override
    public Optional<Outlook> outlook() {
        return Optional.of(new Outlook("The fate of a family is the best hint at that of its members, and a held-out passenger has more relatives among the training rows of a fold than Kaggle's "
                + "test passengers have: expect Kaggle's score to be some hundredths worse.", 1.4));
    }

    @Override
    public List<Candidate> candidates() {
        return candidates;
    }

    @Override
    public Table read(CsvSource csv) {
        Table table = Table.read(csv, TableOptions.DEFAULT.withAsText(TEXTS.toArray(String[]::new)));
        TEXTS.forEach(table::text);
        NUMBERS.forEach(name -> NumberRange.NOT_NEGATIVE.require(table, name));
        return table;
    }

    /** Passengers by row, with the parts of a name and a cabin that carry meaning. */
    private static final class Passengers {
        private static final Pattern TITLE = Pattern.compile(",\\s*(?:the\\s+)?([A-Za-z]+)\\.?\\s");
        private static final Map<String, String> TITLES = Map.of("Mr", "Mr", "Mrs", "Mrs", "Miss", "Miss", "Master", "Master",
                "Mlle", "Miss", "Ms", "Miss", "Mme", "Mrs");

        private final Table table;
        private final TextColumn names;
        private final TextColumn sex;
        private final TextColumn tickets;
        private final TextColumn cabins;
        private final TextColumn ports;
        private final NumberColumn classes;
        private final NumberColumn ages;
        private final NumberColumn siblings;
        private final NumberColumn parents;
        private final NumberColumn fares;

        Passengers(Table table) {
            this.table = table;
            names = table.text("Name");
            sex = table.text("Sex");
            tickets = table.text("Ticket");
            cabins = table.text("Cabin");
            ports = table.text("Embarked");
            classes = table.numbers("Pclass");
            ages = table.numbers("Age");
            siblings = table.numbers("SibSp");
            parents = table.numbers("Parch");
            fares = table.numbers("Fare");
        }

        String title(int row) {
            String name = names.value(row);
            Matcher matcher = name == null ? null : TITLE.matcher(name);
            return matcher == null || !matcher.find() ? "none" : TITLES.getOrDefault(matcher.group(1), "rare");
        }

        String surname(int row) {
            String name = names.value(row);
            return name == null ? null : name.split(",", 2)[0];
        }

        boolean womanOrChild(int row) {
            return "female".equals(sex.value(row)) || title(row).equals("Master");
        }

        double family(int row) {
            return siblings.value(row) + parents.value(row) + 1;
        }

        /** A party on one ticket, or on tickets that follow each other. */
        String ticketParty(int row) {
            String ticket = tickets.value(row);
            return ticket == null || ticket.length() < 3 ? ticket : ticket.substring(0, ticket.offsetByCodePoints(ticket.length(), -1));
        }

        /** A family that travelled on several tickets: the name alone is shared by strangers too. */
        String familyParty(int row) {
            return surname(row) == null || !(family(row) > 1) ? null : surname(row) + "/" + classes.text(row) + "/" + ports.text(row);
        }
    }

    /**
     * What is learned from a fold's passengers.
     *
     * @param ages median age by title
     * @param tickets passengers a ticket
     * @param ticketRate how women and children on a ticket fared
     * @param familyRate how women and children of a family fared
     * @param frame scales and levels
     */
    record PassengerEncoder(Map<String, Double> ages, Map<String, Integer> tickets, GroupRate ticketRate, GroupRate familyRate, FrameEncoder frame)
            implements Encoder {
        PassengerEncoder {
            ages = Collections.unmodifiableMap(new TreeMap<>(ages));
            tickets = Collections.unmodifiableMap(new TreeMap<>(tickets));
        }

        @Override
        public boolean rowByRow() {
            return true;
        }

        @Override
        public int width() {
            return frame.names().size();
        }

        @Override
        public BatchSource batches(Table table, int[] rows, int batchSize) {
            Frame columns = columns(table, row -> false, null, ages, tickets, ticketRate, familyRate);
            return source(frame.encode(columns, rows), Labels.none(), batchSize, OptionalLong.empty());
        }
    }

    private static BatchSource source(FeatureMatrix matrix, Labels labels, int batchSize, OptionalLong seed) {
        return Batches.ofRows(matrix.values(), matrix.width(), labels, CompetitionRun.all(matrix.rows()), batchSize, seed);
    }

    private static final class PassengerPreparation implements Preparation {
        @Override
        public Fitted fit(Table train, int[] rows, FoldTargets targets) {
            Passengers passengers = new Passengers(train);
            Map<String, Integer> tickets = new HashMap<>();
            Map<String, List<Double>> agesByTitle = new HashMap<>();
            for (int row : rows) {
                if (!passengers.tickets.isMissing(row)) {
                    tickets.merge(passengers.tickets.value(row), 1, Integer::sum);
                }
                if (!passengers.ages.isMissing(row)) {
                    agesByTitle.computeIfAbsent(passengers.title(row), t -> new ArrayList<>()).add(passengers.ages.value(row));
                }
            }
            Map<String, Double> ages = new HashMap<>();
            agesByTitle.forEach((title, all) -> ages.put(title, all.stream().sorted().skip((all.size() - 1) / 2).findFirst().orElseThrow()));
            GroupRate ticketRate = GroupRate.fit(rows, passengers::ticketParty, passengers::womanOrChild, targets::value, 1);
            GroupRate familyRate = GroupRate.fit(rows, passengers::familyParty, passengers::womanOrChild, targets::value, 1);
            Set<Integer> fitted = new HashSet<>();
            Arrays.stream(rows).forEach(fitted::add);
            Frame columns = columns(train, fitted::contains, targets, ages, tickets, ticketRate, familyRate);
            FrameEncoder frame = FrameEncoder.fit(columns, rows, 5);
            FeatureMatrix matrix = frame.encode(columns, rows);
            Labels labels = targets.labels(rows);
            return new Fitted(new PassengerEncoder(ages, tickets, ticketRate, familyRate, frame),
                    (batchSize, seed) -> source(matrix, labels, batchSize, OptionalLong.of(seed)));
        }

        @Override
        public Class<PassengerEncoder> encoderType() {
            return PassengerEncoder.class;
        }
    }

    /** @param fitted whether a row was fitted, and must not see its own target  @param targets of the fitted rows; null where none is */
    private static Frame columns(Table table, IntPredicate fitted, FoldTargets targets, Map<String, Double> ages, Map<String, Integer> tickets,
            GroupRate ticketRate, GroupRate familyRate) {
        Passengers p = new Passengers(table);
        java.util.function.IntUnaryOperator party = row -> Math.max((int) Math.max(1, p.family(row)),
                p.tickets.isMissing(row) ? 1 : tickets.getOrDefault(p.tickets.value(row), 0) + (fitted.test(row) ? 0 : 1));
        return new Frame(table.rows())
                .number("age", row -> p.ages.isMissing(row) ? ages.getOrDefault(p.title(row), Double.NaN) : p.ages.value(row))
                .flag("age unknown", p.ages::isMissing)
                .flag("child", row -> p.ages.value(row) < 13 || p.title(row).equals("Master"))
                .number("log fare per person", row -> Math.log1p(Math.max(0, p.fares.value(row)) / party.applyAsInt(row)))
                .number("log fare", row -> Math.log1p(Math.max(0, p.fares.value(row))))
                .number("class", p.classes::value)
                .number("siblings and spouses", p.siblings::value)
                .number("parents and children", p.parents::value)
                .number("family", p::family)
                .number("party", party::applyAsInt)
                .flag("alone", row -> party.applyAsInt(row) == 1)
                .flag("large family", row -> p.family(row) > 4)
                .flag("cabin known", row -> !p.cabins.isMissing(row))
                .number("ticket fate", row -> rate(ticketRate, p.ticketParty(row), row, fitted, targets, p))
                .number("family fate", row -> rate(familyRate, p.familyParty(row), row, fitted, targets, p))
                .category("sex", p.sex::value)
                .category("title", p::title)
                .category("passenger class", row -> p.classes.text(row))
                .category("port", p.ports::value)
                .category("deck", row -> p.cabins.isMissing(row) ? null : p.cabins.value(row).substring(0, p.cabins.value(row).offsetByCodePoints(0, 1)))
                .category("sex and class", row -> p.sex.value(row) + p.classes.text(row));
    }

    /** Men's fates did not follow their party's: 0 for them. */
    private static double rate(GroupRate rates, String key, int row, IntPredicate fitted, FoldTargets targets, Passengers passengers) {
        if (!passengers.womanOrChild(row)) {
            return 0;
        }
        return fitted.test(row) ? rates.ofOthers(key, targets.value(row)) : rates.of(key);
    }
}
