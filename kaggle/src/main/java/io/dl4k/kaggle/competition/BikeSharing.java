package io.dl4k.kaggle.competition;

import io.dl4k.data.BatchSource;
import io.dl4k.data.Batches;
import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.Labels;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import io.dl4k.data.TextColumn;
import io.dl4k.kaggle.features.FeatureMatrix;
import io.dl4k.kaggle.features.Frame;
import io.dl4k.kaggle.features.FrameEncoder;
import io.dl4k.kaggle.features.TimeWindows;
import io.dl4k.kaggle.report.Outlook;
import io.dl4k.metrics.Metrics;
import io.dl4k.models.Activation;
import io.dl4k.models.Mlp;
import io.dl4k.models.Rnn;
import io.dl4k.training.Fold;
import io.dl4k.training.Splits;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Bike Sharing Demand: how many bikes of Capital Bikeshare, Washington, were rented in each hour, by an LSTM over the weather of the day before and by a perceptron
 * over the hour alone, averaged.
 *
 * <p>Casual and registered riders are learned apart, each on the logarithm, and added: they keep different hours. Kaggle's training rows are the first 19 days of each
 * month and its test rows the others; so a fold holds out the same stretch of days in every month.
 */
final class BikeSharing implements Competition {
    private static final String MOMENT = "datetime";
    private static final Info INFO = new Info("bike-sharing-demand", List.of("bike-sharing", "bike"), "Bike Sharing Demand", List.of("count"), Metrics.RMSLE, 5, 2);
    private static final List<String> RIDERS = List.of("casual", "registered");

    /** A day and the hour itself. */
    private static final int STEPS = 25;
    /** The first day of each stretch of test rows has no hours before it. */
    private static final int CUT_ONE_IN = 8;

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("uuuu-M-d H:mm[:ss]").withResolverStyle(ResolverStyle.STRICT);
    private static final NumberRange SEASONS = new NumberRange(1, 4);
    private static final NumberRange FLAGS = new NumberRange(0, 1);
    private static final NumberRange DEGREES = new NumberRange(-100, 100);
    private static final NumberRange PERCENT = new NumberRange(0, 100);
    private static final NumberRange SPEEDS = new NumberRange(0, 500);

    private final List<Candidate> candidates = List.of(
            new Candidate("lstm", Family.LSTM, new WindowPreparation(),
                    (encoder, outputs, seed) -> Rnn.features(encoder.width()).lstm(48).lastStep().dropout(0.2).l2(1e-4).regression(outputs).clipGradients(1).seed(seed).build(),
                    new Candidate.Recipe(10, 64, 3e-3)),
            new Candidate("mlp", Family.MLP, new HourPreparation(),
                    (encoder, outputs, seed) -> Mlp.regressor(encoder.width(), outputs).hidden(128, 64).activation(Activation.GELU).dropout(0.2).l2(1e-3).seed(seed).build(),
                    new Candidate.Recipe(20, 64, 3e-3)));

    @Override
    public Info info() {
        return INFO;
    }

    @Override
    public Optional<Outlook> outlook() {
        return Optional.of(new Outlook("Kaggle's test rows are the last third of every month, up to twelve days from the nearest training day, and hold Thanksgiving, Christmas and a hurricane; "
                + "a fold holds out four days between others. Expect Kaggle's score to be worse, by up to a third.", 4 / 3.0));
    }

    @Override
    public List<Candidate> candidates() {
        return candidates;
    }

    @Override
    public Table read(CsvSource csv) {
        Table table = Table.read(csv, TableOptions.DEFAULT.withAsText(MOMENT));
        SEASONS.require(table, "season");
        SEASONS.require(table, "weather");
        FLAGS.require(table, "holiday");
        FLAGS.require(table, "workingday");
        DEGREES.require(table, "temp");
        DEGREES.require(table, "atemp");
        PERCENT.require(table, "humidity");
        SPEEDS.require(table, "windspeed");
        moments(table);
        return table;
    }

    private static LocalDateTime[] moments(Table table) {
        TextColumn texts = table.text(MOMENT);
        LocalDateTime[] moments = new LocalDateTime[table.rows()];
        for (int row = 0; row < moments.length; row++) {
            String text = texts.value(row);
            try {
                moments[row] = LocalDateTime.parse(text == null ? "" : text.strip(), FORMAT);
            } catch (DateTimeException e) {
                throw DataException.at(table.name(), table.line(row), MOMENT, "expected a date and hour such as 2011-01-20 13:00:00, found '" + (text == null ? "" : text) + "'.");
            }
            NumberRange years = NumberRange.YEARS;
            if (moments[row].getYear() < years.low() || moments[row].getYear() > years.high()) {
                throw DataException.at(table.name(), table.line(row), MOMENT, "expected a year from " + years.low() + " to " + years.high() + ", found '" + text + "'.");
            }
        }
        return moments;
    }

    @Override
    public Targets targets(Table train) {
        return NumberTargets.of(train, RIDERS, Link.LOG1P, NumberTargets.Joined.SUM);
    }

    /** Day 1 of the month starts the first stretch, the last day of any month, 19 in Kaggle's training rows, ends the last. */
    @Override
    public List<Fold> split(Table train, Targets targets, int folds, long seed) {
        LocalDateTime[] moments = moments(train);
        int k = folds == 1 ? HOLD_OUT_PART / 2 : folds;
        int last = Arrays.stream(moments).mapToInt(LocalDateTime::getDayOfMonth).max().orElse(1);
        if (k > last) {
            throw DataException.in(train.name(), "there are " + last + " days of a month in the training rows, too few for " + k + " folds. Ask for fewer with --folds.");
        }
        int[] stretch = new int[moments.length];
        for (int row = 0; row < stretch.length; row++) {
            stretch[row] = (moments[row].getDayOfMonth() - 1) * k / last;
        }
        // The last stretch first: next to it lie the test rows.
        List<Fold> all = IntStream.range(0, k).mapToObj(f -> k - 1 - f).map(held -> fold(train, stretch, held)).toList();
        return folds == 1 ? all.subList(0, 1) : all;
    }

    private static Fold fold(Table train, int[] stretch, int held) {
        try {
            return Splits.told(stretch.length, row -> stretch[row] != held, row -> stretch[row] == held);
        } catch (IllegalArgumentException e) {
            throw DataException.at(train.name(), 0, MOMENT, "there are too few days of the month for so many folds. Ask for fewer with --folds.");
        }
    }

    /** Whether people go to work: the column, but for days that are no holiday by law and free in practice, and one that is a holiday of the District's offices only. */
    private static boolean works(LocalDateTime moment, boolean workingDay, boolean holiday) {
        MonthDay day = MonthDay.from(moment);
        boolean afterThanksgiving = moment.getMonth() == Month.NOVEMBER && moment.getDayOfWeek() == DayOfWeek.FRIDAY && moment.getDayOfMonth() >= 23 && moment.getDayOfMonth() <= 29;
        if (afterThanksgiving || day.equals(MonthDay.of(12, 24)) || day.equals(MonthDay.of(12, 31))) return false;
        boolean emancipationDay = holiday && (day.equals(MonthDay.of(4, 15)) || day.equals(MonthDay.of(4, 16)));
        return workingDay || emancipationDay;
    }

    private static Frame frame(Table table) {
        LocalDateTime[] moments = moments(table);
        NumberColumn workingDay = table.numbers("workingday");
        NumberColumn holiday = table.numbers("holiday");
        NumberColumn weather = table.numbers("weather");
        NumberColumn temperature = table.numbers("temp");
        NumberColumn humidity = table.numbers("humidity");
        NumberColumn wind = table.numbers("windspeed");
        boolean[] works = new boolean[moments.length];
        for (int row = 0; row < works.length; row++) works[row] = works(moments[row], workingDay.value(row) == 1, holiday.value(row) == 1);
        Frame frame = new Frame(moments.length);
        for (int cycle = 1; cycle <= 4; cycle++) {
            double turn = 2 * Math.PI * cycle;
            String name = cycle + " a day";
            frame.number("sine " + name, row -> Math.sin(turn * moments[row].getHour() / 24)).number("cosine " + name, row -> Math.cos(turn * moments[row].getHour() / 24));
        }
        for (int cycle = 1; cycle <= 2; cycle++) {
            double turn = 2 * Math.PI * cycle;
            String name = cycle + " a year";
            frame.number("sine " + name, row -> Math.sin(turn * moments[row].getDayOfYear() / 365.25))
                .number("cosine " + name, row -> Math.cos(turn * moments[row].getDayOfYear() / 365.25));
        }
        return frame.number("days", row -> moments[row].toEpochSecond(ZoneOffset.UTC) / 86400.0)
            .number("year", row -> moments[row].getYear())
            .number("temp", temperature::value).number("temp squared", row -> temperature.value(row) * temperature.value(row))
            .number("atemp", table.numbers("atemp")::value)
            .number("humidity", humidity::value).number("humidity squared", row -> humidity.value(row) * humidity.value(row))
            .number("windspeed", wind::value).flag("no wind measured", row -> wind.value(row) == 0)
            .flag("people work", row -> works[row])
            .category("hour of a working day", row -> works[row] ? "" + moments[row].getHour() : "none")
            .category("weekday", row -> moments[row].getDayOfWeek().name())
            .category("season", row -> whole(table.numbers("season").value(row)))
            // Heavy rain, 4, was seen in three hours.
            .category("weather", row -> whole(Math.min(3, weather.value(row))));
    }

    private static String whole(double number) {
        return Double.isNaN(number) ? null : "" + (int) number;
    }

    /** The levels of single hours and months besides, which the LSTM does better without. */
    private static Frame hourFrame(Table table) {
        LocalDateTime[] moments = moments(table);
        return frame(table).category("hour", row -> "" + moments[row].getHour())
            .category("month", row -> moments[row].getYear() + "-" + moments[row].getMonthValue());
    }

    private static int[] windows(Table table) {
        LocalDateTime[] moments = moments(table);
        return TimeWindows.before(IntStream.range(0, moments.length).mapToLong(row -> Math.floorDiv(moments[row].toEpochSecond(ZoneOffset.UTC), 3600)).toArray(), STEPS);
    }

    /**
     * Hours with those before them in the same table.
     *
     * @param frame scales and levels
     */
    record WindowEncoder(FrameEncoder frame) implements Encoder {
        @Override
        public int width() {
            return frame.names().size();
        }

        @Override
        public BatchSource batches(Table table, int[] rows, int batchSize) {
            FeatureMatrix matrix = frame.encode(BikeSharing.frame(table), CompetitionRun.all(table.rows()));
            return Batches.ofWindows(matrix.values(), matrix.width(), windows(table), STEPS, Labels.none(), rows, batchSize, OptionalLong.empty());
        }
    }

    /**
     * Hours by themselves.
     *
     * @param frame scales and levels
     */
    record HourEncoder(FrameEncoder frame) implements Encoder {
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
            FeatureMatrix matrix = frame.encode(hourFrame(table), rows);
            return Batches.ofRows(matrix.values(), matrix.width(), Labels.none(), CompetitionRun.all(rows.length), batchSize, OptionalLong.empty());
        }
    }

    private record WindowPreparation() implements Preparation {
        @Override
        public Fitted fit(Table train, int[] rows, FoldTargets targets) {
            Frame columns = frame(train);
            FrameEncoder encoder = FrameEncoder.fit(columns, rows, 1);
            FeatureMatrix matrix = encoder.encode(columns, CompetitionRun.all(train.rows()));
            int[] whole = windows(train);
            Labels labels = targets.labels();
            return new Fitted(new WindowEncoder(encoder), (batchSize, seed) -> Batches.ofWindows(matrix.values(), matrix.width(),
                    TimeWindows.cut(whole, STEPS, CUT_ONE_IN, seed), STEPS, labels, rows, batchSize, OptionalLong.of(seed)));
        }

        @Override
        public Class<? extends Encoder> encoderType() {
            return WindowEncoder.class;
        }
    }

    private record HourPreparation() implements Preparation {
        @Override
        public Fitted fit(Table train, int[] rows, FoldTargets targets) {
            Frame columns = hourFrame(train);
            FrameEncoder encoder = FrameEncoder.fit(columns, rows, 1);
            FeatureMatrix matrix = encoder.encode(columns, rows);
            Labels labels = targets.labels(rows);
            return new Fitted(new HourEncoder(encoder), (batchSize, seed) -> Batches.ofRows(matrix.values(), matrix.width(), labels, CompetitionRun.all(rows.length), batchSize,
                    OptionalLong.of(seed)));
        }

        @Override
        public Class<? extends Encoder> encoderType() {
            return HourEncoder.class;
        }
    }
}
