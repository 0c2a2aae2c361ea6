package io.dl4k.kaggle.holdout;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Competitions that nobody prepared, made by functions that are known: what is the best that could be predicted is known too. A row is made whole, with its answer and
 * with the best prediction of it, which nobody sees.
 */
enum MadeUp {
    /** Two classes by numbers that act together; probabilities are asked for. */
    BINARY_AUC("auc", 3000, 2000) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double[] x = numbers(row, r, 12);
            double p = sigmoid(1.5 * x[0] - x[1] + 1.5 * x[2] * x[3] + Math.sin(2 * x[4]) - Math.abs(x[5]) + 0.5);
            return row.answer("target", r.nextDouble() < p ? 1 : 0).best(p).shown("0.5");
        }
    },
    /** The same with missing numbers, scored by the log loss. */
    BINARY_LOG_LOSS("log_loss", 3000, 2000) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double[] x = r.doubles(8).map(v -> 4 * v - 2).toArray();
            for (int c = 0; c < 8; c++) {
                row.add("f" + c, r.nextInt(10) == 0 ? "" : text(x[c]));
            }
            double p = sigmoid(2 * x[0] + x[1] * x[2]);
            return row.answer("y", r.nextDouble() < p ? 1 : 0).best(p).shown("0.5");
        }
    },
    /** Labels are words; columns are flags, words and numbers. */
    BINARY_LABELS("accuracy", 2500, 1500) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            boolean member = r.nextBoolean();
            String plan = List.of("basic", "plus", "premium").get(r.nextInt(3));
            double months = Math.round(-30 * Math.log(1 - r.nextDouble()));
            double fee = 20 + 80 * r.nextDouble();
            row.add("Member", member ? "True" : "False").add("Plan", plan).add("Months", text(months)).add("Fee", text(fee)).add("City", "city " + r.nextInt(40));
            double p = sigmoid((member ? -1.5 : 1) + (plan.equals("basic") ? 1.5 : -0.5) * (fee > 60 ? 1 : -1) - months / 25 + 1);
            return row.answer("Churned", r.nextDouble() < p ? "Yes" : "No").best(p > 0.5 ? "Yes" : "No").shown("No");
        }
    },
    /** Four classes with names, of unequal size. */
    CLASSES("accuracy", 2500, 1500) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double[] x = numbers(row, r, 6);
            List<String> names = List.of("amber", "blue", "crimson", "dun");
            double[] score = {1 + x[0], 2 * x[1] * x[2], x[3] - x[0], x[4] * x[4] - 1};
            return row.answer("colour", names.get(drawn(r, score))).best(names.get(largest(score))).shown("amber");
        }
    },
    /** Three numbers at once. */
    SEVERAL_TARGETS("rmse", 2500, 1500) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double[] x = numbers(row, r, 8);
            double a = 3 * x[0] + x[1] * x[1];
            double b = Math.sin(2 * x[2]) * 2 + a / 2;
            double c = x[3] * x[4];
            return row.answer("a", text(a + 0.5 * r.nextGaussian())).best(text(a)).shown("0.0").answer("b", text(b + 0.5 * r.nextGaussian())).best(text(b)).shown("0.0")
                    .answer("c", text(c + 0.5 * r.nextGaussian())).best(text(c)).shown("0.0");
        }
    },
    /** Counts with a rate that multiplies. */
    COUNTS("rmsle", 3000, 1500) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double[] x = numbers(row, r, 6);
            int kind = r.nextInt(5);
            double rate = Math.exp(2 + 0.6 * x[0] + 0.3 * x[1] * x[1] + 0.4 * (kind - 2) - 0.3 * x[2] * x[3]);
            row.add("kind", "k" + kind);
            int sum = 0;
            for (double t = -Math.log(1 - r.nextDouble()); t < rate; t -= Math.log(1 - r.nextDouble())) {
                sum++;
            }
            return row.answer("sold", sum).best(text(rate)).shown("0");
        }
    },
    /** Grades from 1 to 6. */
    GRADES("quadratic_kappa", 2500, 1500) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double[] x = numbers(row, r, 8);
            double mean = 3.5 + 0.8 * x[0] + 0.6 * x[1] - 0.4 * x[2] * x[2] + 0.3 * x[3];
            return row.answer("score", grade(mean + 0.7 * r.nextGaussian())).best(grade(mean)).shown("3");
        }
    },
    /** Test rows are later than all training rows; a trend, weeks and years. */
    LATER("rmse", 1400, 200) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            LocalDate day = LocalDate.of(2019, 1, 1).plusDays(i);
            boolean sale = r.nextInt(6) == 0;
            double temperature = 12 - 10 * Math.cos(2 * Math.PI * (day.getDayOfYear() - 15) / 365.25) + 3 * r.nextGaussian();
            double mean = 100 + 0.02 * i + (day.getDayOfWeek().getValue() > 5 ? 35 : 0) + (sale ? 25 : 0) + 1.5 * temperature + 8 * Math.sin(4 * Math.PI * day.getDayOfYear() / 365.25);
            row.add("day", day.toString()).add("sale", sale ? "1" : "0").add("temperature", text(temperature));
            return row.answer("visitors", text(mean + 8 * r.nextGaussian())).best(text(mean)).shown("0");
        }

        @Override
        boolean shuffled() {
            return false;
        }
    },
    /** Hours; test rows are the last days of each month; what the hours before were like counts. */
    BLOCKS("rmsle", 7000, 2600) {
        private final double[] rain = rain();

        private double[] rain() {
            Random r = new Random(99);
            double[] all = new double[20_000];
            for (int i = 1; i < all.length; i++) {
                all[i] = r.nextInt(12) == 0 ? 5 * r.nextDouble() : all[i - 1] * 0.6;
            }
            return all;
        }

        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            LocalDateTime hour = LocalDateTime.of(2021, 3, 1, 0, 0).plusHours(i);
            double wet = 0;
            for (int back = 0; back < 6; back++) {
                wet += i >= back ? rain[i - back] : 0;
            }
            boolean off = hour.getDayOfWeek().getValue() > 5;
            double rush = off ? Math.exp(-Math.pow((hour.getHour() - 14) / 4.0, 2)) : Math.exp(-Math.pow((hour.getHour() - 8) / 1.5, 2)) + Math.exp(-Math.pow((hour.getHour() - 18) / 2.0, 2));
            double mean = 20 + 200 * rush * (1 + i / 20_000.0) * Math.exp(-0.15 * wet);
            row.add("when", hour.toString().replace('T', ' ') + ":00").add("rain", text(rain[i])).add("workday", off ? "0" : "1");
            return row.answer("riders", Math.max(0, Math.round(mean * Math.exp(0.15 * r.nextGaussian())))).best(text(mean)).shown("0").tested(hour.getDayOfMonth() > 22);
        }

        @Override
        boolean shuffled() {
            return false;
        }
    },
    /** Rows of a person are alike; the test set has other persons. */
    GROUPS("auc", 3000, 1500) {
        @Override
        Row row(Random r, int i) {
            int person = i / 10;
            Random own = new Random(person * 7919L);
            double bent = own.nextGaussian();
            double[] face = {own.nextGaussian(), own.nextGaussian(), own.nextGaussian()};
            Row row = new Row().add("person", "P" + (100_000 + own.nextInt(900_000)));
            double[] x = numbers(row, r, 4);
            for (int c = 0; c < 3; c++) {
                row.add("face" + c, text(face[c] + 0.01 * r.nextGaussian()));
            }
            double p = sigmoid(1.2 * x[0] + x[1] * x[1] - 1 + 1.5 * bent);
            double known = sigmoid(0.8 * (1.2 * x[0] + x[1] * x[1] - 1));
            return row.answer("ill", r.nextDouble() < p ? 1 : 0).best(known).shown("0");
        }

        @Override
        boolean shuffled() {
            return false;
        }
    },
    /** Categories with hundreds of values each. */
    MANY_CATEGORIES("rmse", 6000, 3000) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double mean = 50;
            for (int c = 0; c < 4; c++) {
                int level = (int) (300 * Math.pow(r.nextDouble(), 2));
                mean += 4 * new Random(1000L * c + level).nextGaussian();
                row.add("cat" + c, "v" + Integer.toHexString(level * 2654435 + c));
            }
            double x = r.nextGaussian();
            mean += 2 * x;
            return row.add("x", text(x)).answer("y", text(mean + 3 * r.nextGaussian())).best(text(mean)).shown("0");
        }
    },
    /** A thousand columns, five hundred rows. */
    WIDE("auc", 500, 1000) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double[] x = numbers(row, r, 1000);
            double p = sigmoid(1.5 * IntStream.range(0, 8).mapToDouble(c -> (c % 2 == 0 ? 1 : -1) * x[17 * c]).sum());
            return row.answer("target", r.nextDouble() < p ? 1 : 0).best(p).shown("0");
        }
    },
    /** Two hundred thousand rows. */
    LONG("auc", 200_000, 20_000) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double[] x = numbers(row, r, 16);
            int shop = r.nextInt(60);
            row.add("shop", "s" + shop);
            double p = sigmoid(x[0] + x[1] * x[2] + 1.2 * Math.sin(2 * x[3]) + 0.8 * new Random(shop).nextGaussian() * x[4] + (x[5] > 1 ? 1.5 : 0));
            return row.answer("target", r.nextDouble() < p ? 1 : 0).best(p).shown("0.5");
        }
    },
    /** Reviews beside numbers. */
    TEXT("rmse", 3000, 1500) {
        private static final List<String> GOOD = List.of("great", "lovely", "superb", "charming", "solid", "delicious");
        private static final List<String> BAD = List.of("awful", "bland", "broken", "rude", "dirty", "dull");
        private static final List<String> PLAIN = List.of("the", "place", "was", "we", "went", "there", "food", "with", "friends", "and", "it", "table", "room", "evening", "staff", "a");

        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double mean = 0;
            List<String> words = new ArrayList<>();
            double mood = r.nextDouble();
            for (int w = 0; w < 12 + r.nextInt(18); w++) {
                boolean speaks = r.nextInt(5) == 0;
                boolean good = r.nextDouble() < mood;
                boolean not = speaks && r.nextInt(4) == 0;
                if (not) {
                    words.add("not");
                }
                words.add(speaks ? (good ? GOOD : BAD).get(r.nextInt(6)) : PLAIN.get(r.nextInt(PLAIN.size())));
                mean += speaks ? (good != not ? 1 : -1) : 0;
            }
            double price = 10 + 40 * r.nextDouble();
            mean -= price / 20;
            row.add("review", String.join(" ", words)).add("price", text(price));
            return row.answer("stars", text(mean + 0.5 * r.nextGaussian())).best(text(mean)).shown("0.0");
        }
    },
    /** Colour images of 12 by 12, a column a byte: a bar that lies or stands, red or green, on noise. */
    IMAGES("accuracy", 2500, 1500) {
        @Override
        Row row(Random r, int i) {
            int kind = r.nextInt(4);
            int[] pixels = IntStream.range(0, 3 * 144).map(c -> r.nextInt(90)).toArray();
            int x = r.nextInt(7);
            int y = r.nextInt(11);
            for (int step = 0; step < 6; step++) {
                int at = kind % 2 == 0 ? y * 12 + x + step : (x + step) * 12 + y;
                pixels[at * 3 + kind / 2] = 110 + r.nextInt(100);
            }
            Row row = new Row();
            for (int c = 0; c < pixels.length; c++) {
                row.add("pixel" + c, String.valueOf(pixels[c]));
            }
            return row.answer("label", kind).best(kind).shown("0");
        }
    },
    /** Money, percent, units, words for nothing, an id in the middle, and a sample in another order. */
    DIRTY("rmse", 2500, 1500) {
        @Override
        Row row(Random r, int i) {
            double price = Math.exp(8 + r.nextGaussian());
            double share = r.nextDouble();
            double power = 60 + 200 * r.nextDouble();
            boolean used = r.nextBoolean();
            double age = r.nextInt(20);
            double mean = 3 * Math.log(price) + 8 * share + (used ? -4 : 0) + power / 40 - 0.2 * age;
            Row row = new Row().add("Price", r.nextInt(30) == 0 ? "call us" : String.format(Locale.ROOT, "$%,.2f", price)).add("Share", String.format(Locale.ROOT, "%.1f%%", 100 * share));
            row.id("Key");
            row.add("Power", String.format(Locale.ROOT, "%.0f bhp", power)).add("Used", used ? "TRUE" : "FALSE").add("Age", r.nextInt(12) == 0 ? "?" : text(age));
            return row.answer("Value", text(mean + 0.5 * r.nextGaussian())).best(text(mean)).shown("10");
        }
    },
    /** Prices with a long tail, scored by their absolute error. */
    HEAVY_TAIL("mae", 3000, 1500) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double area = Math.exp(4.5 + 0.5 * r.nextGaussian());
            double quality = 1 + r.nextInt(10);
            int where = r.nextInt(25);
            double mean = Math.exp(7 + Math.log(area) * 0.9 + 0.1 * quality + 0.4 * new Random(where).nextGaussian());
            double noise = r.nextInt(60) == 0 ? 2 * r.nextGaussian() : 0.15 * r.nextGaussian();
            return row.add("area", text(area)).add("quality", text(quality)).add("where", "district " + where).answer("price", text(mean * Math.exp(noise))).best(text(mean)).shown("100000");
        }
    },
    /** Some training rows have no answer. */
    MISSING_TARGETS("rmse", 2500, 1500) {
        @Override
        Row row(Random r, int i) {
            Row row = new Row();
            double[] x = numbers(row, r, 6);
            double mean = 2 * x[0] + x[1] * x[2];
            return row.answer("y", text(mean + 0.5 * r.nextGaussian())).best(text(mean)).shown("0").unknown(r.nextInt(20) == 0);
        }
    };

    /** A row as it is made. */
    static final class Row {
        private final Map<String, String> columns = new LinkedHashMap<>();
        private final Map<String, String> answers = new LinkedHashMap<>();
        private final List<String> best = new ArrayList<>();
        private final List<String> shown = new ArrayList<>();
        private String id;
        private boolean tested;
        private boolean unknown;

        Row add(String name, String value) {
            columns.put(name, value);
            return this;
        }

        /** Where the id stands, if not first. */
        void id(String name) {
            id = name;
            columns.put(name, "");
        }

        Row answer(String name, Object value) {
            answers.put(name, String.valueOf(value));
            return this;
        }

        Row best(Object value) {
            best.add(String.valueOf(value));
            return this;
        }

        Row shown(String value) {
            shown.add(value);
            return this;
        }

        Row tested(boolean is) {
            tested = is;
            return this;
        }

        Row unknown(boolean is) {
            unknown = is;
            return this;
        }
    }

    private final String metric;
    private final int training;
    private final int tested;

    MadeUp(String metric, int training, int tested) {
        this.metric = metric;
        this.training = training;
        this.tested = tested;
    }

    /** @param i of all rows, in the order of making */
    abstract Row row(Random r, int i);

    /** Whether ids tell nothing of the order of making. */
    boolean shuffled() {
        return true;
    }

    String metric() {
        return metric;
    }

    /**
     * A competition and what could be had in it.
     *
     * @param round to score a submission by
     * @param best submission that knows how the rows were made
     */
    record Made(SecondRound round, Path best) {
    }

    /** Writes the zip, and beside it the best submission. */
    Made write(Path zip, long seed) throws IOException {
        Random r = new Random(seed * 31 + ordinal());
        List<Row> rows = IntStream.range(0, training + tested).mapToObj(i -> row(r, i)).toList();
        boolean marked = rows.stream().anyMatch(row -> row.tested);
        List<Row> known = IntStream.range(0, rows.size()).filter(i -> marked ? !rows.get(i).tested : i < training).mapToObj(rows::get).toList();
        List<Row> asked = IntStream.range(0, rows.size()).filter(i -> marked ? rows.get(i).tested : i >= training).mapToObj(rows::get).toList();
        String id = rows.get(0).id == null ? "id" : rows.get(0).id;
        List<Integer> ids = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
        if (shuffled()) {
            Collections.shuffle(ids, r);
        }
        int[] next = {0};
        List<String> targets = List.copyOf(rows.get(0).answers.keySet());
        List<String> features = new ArrayList<>(rows.get(0).columns.keySet());
        if (!features.contains(id)) {
            features.add(0, id);
        }
        List<String> header = new ArrayList<>(features);
        header.addAll(targets);
        List<List<String>> trainLines = new ArrayList<>(List.of(header));
        for (Row row : known) {
            List<String> line = line(row, features, id, "r" + ids.get(next[0]++));
            targets.forEach(t -> line.add(row.unknown ? "" : row.answers.get(t)));
            trainLines.add(line);
        }
        List<List<String>> testLines = new ArrayList<>(List.of(features));
        Map<String, Row> byId = new LinkedHashMap<>();
        for (Row row : asked) {
            String own = "r" + ids.get(next[0]++);
            testLines.add(line(row, features, id, own));
            byId.put(own, row);
        }
        List<String> order = new ArrayList<>(byId.keySet());
        if (this == DIRTY) {
            Collections.shuffle(order, r);
        }
        List<String> sampleHeader = new ArrayList<>(List.of(id));
        sampleHeader.addAll(targets);
        List<List<String>> sample = lines(sampleHeader, order, own -> byId.get(order.get(own)).shown);
        try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(zip)); Writer writer = new OutputStreamWriter(archive, StandardCharsets.UTF_8)) {
            for (Map.Entry<String, List<List<String>>> file : Map.of("train.csv", trainLines, "test.csv", testLines, "sample_submission.csv", sample).entrySet()) {
                archive.putNextEntry(new ZipEntry(file.getKey()));
                write(writer, file.getValue());
                archive.closeEntry();
            }
        }
        Path best = zip.resolveSibling(zip.getFileName() + ".best.csv");
        try (Writer writer = Files.newBufferedWriter(best)) {
            write(writer, lines(sampleHeader, order, own -> byId.get(order.get(own)).best));
        }
        Map<String, List<String>> answers = new LinkedHashMap<>();
        order.forEach(own -> answers.put(own, List.copyOf(byId.get(own).answers.values())));
        List<String> classes = known.stream().map(row -> row.answers.get(targets.get(0))).distinct().sorted().collect(Collectors.toList());
        return new Made(new SecondRound(id, targets, answers, classes), best);
    }

    private static List<List<String>> lines(List<String> header, List<String> order, IntFunction<List<String>> values) {
        List<List<String>> lines = new ArrayList<>(List.of(header));
        for (int i = 0; i < order.size(); i++) {
            List<String> line = new ArrayList<>(List.of(order.get(i)));
            line.addAll(values.apply(i));
            lines.add(line);
        }
        return lines;
    }

    private static List<String> line(Row row, List<String> features, String id, String own) {
        return features.stream().map(name -> name.equals(id) ? own : row.columns.get(name)).collect(Collectors.toCollection(ArrayList::new));
    }

    private static void write(Writer writer, List<List<String>> lines) throws IOException {
        CsvWriter csv = CsvWriter.builder().build(writer);
        lines.forEach(csv::writeRecord);
        csv.flush();
    }

    /** Adds so many numbers around 0. */
    private static double[] numbers(Row row, Random r, int n) {
        double[] x = new double[n];
        for (int c = 0; c < n; c++) {
            x[c] = r.nextGaussian();
            row.add("x" + c, text(x[c]));
        }
        return x;
    }

    private static String text(double x) {
        return x == Math.rint(x) ? String.valueOf((long) x) : String.format(Locale.ROOT, "%.5f", x);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static int grade(double x) {
        return (int) Math.max(1, Math.min(6, Math.round(x)));
    }

    private static int largest(double[] scores) {
        return IntStream.range(0, scores.length).reduce(0, (a, b) -> scores[b] > scores[a] ? b : a);
    }

    /** A class, drawn by the softmax of the scores. */
    private static int drawn(Random r, double[] scores) {
        double[] noisy = new double[scores.length];
        for (int c = 0; c < noisy.length; c++) {
            noisy[c] = 1.5 * scores[c] - Math.log(-Math.log(1 - r.nextDouble()));
        }
        return largest(noisy);
    }
}
