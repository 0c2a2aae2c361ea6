package io.dl4k.kaggle.holdout;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A competition made of the training rows of another, parted as Kaggle parted training rows from test rows: the same share at random, or where a day of the month
 * parts them, days.
 *
 * @param idColumn of the sample submission
 * @param targets columns of the sample submission, as that names them
 * @param answers by id, in the order of the targets
 * @param classes distinct answers of the training rows to the first target, sorted
 */
record SecondRound(String idColumn, List<String> targets, Map<String, List<String>> answers, List<String> classes) {
    /** Bike Sharing Demand: Kaggle's training rows are the first 19 days of every month, its test rows the third of days that follow; so are ours. */
    private static final int LAST_TRAINING_DAY = 14;

    private record Csv(String name, List<String> header, List<List<String>> rows) {
        int column(String wanted) {
            return IntStream.range(0, header.size()).filter(c -> header.get(c).equalsIgnoreCase(wanted)).findFirst().orElse(-1);
        }

        Csv of(String newName, List<String> newHeader, List<Integer> columns, List<Integer> wanted) {
            return new Csv(newName, newHeader, wanted.stream().map(row -> columns.stream().map(rows.get(row)::get).toList()).toList());
        }
    }

    /**
     * Cuts one.
     *
     * @param zip as Kaggle hands it out
     * @param out zip to write
     * @param renamed whether columns are called {@code c1, c2…} and files {@code first.csv…}, so that no name tells anything
     */
    static SecondRound cut(Path zip, Path out, long seed, boolean renamed) throws IOException {
        List<Csv> files = read(zip);
        Csv train = files.stream().filter(f -> f.name().equals("train.csv")).findFirst().orElseThrow();
        Csv test = files.stream().filter(f -> f.name().equals("test.csv")).findFirst().orElseThrow();
        Csv sample = files.stream().filter(f -> SampleSubmission.isSampleName(f.name())).findFirst().orElseThrow();
        boolean[] held = held(train, test, seed);
        List<Integer> kept = IntStream.range(0, held.length).filter(row -> !held[row]).boxed().toList();
        List<Integer> tested = IntStream.range(0, held.length).filter(row -> held[row]).boxed().toList();

        List<String> names = IntStream.range(0, train.header().size()).mapToObj(c -> renamed ? "c" + (c + 1) : train.header().get(c)).toList();
        List<Integer> all = IntStream.range(0, names.size()).boxed().toList();
        List<Integer> shared = all.stream().filter(c -> test.column(train.header().get(c)) >= 0).toList();
        int id = train.column(sample.header().get(0));
        List<Integer> targets = sample.header().stream().skip(1).map(train::column).toList();
        List<String> header = new ArrayList<>();
        header.add(!renamed ? sample.header().get(0) : id < 0 ? "row" : names.get(id));
        for (int c = 0; c < targets.size(); c++) {
            header.add(renamed ? names.get(targets.get(c)) : sample.header().get(c + 1));
        }
        List<List<String>> lines = new ArrayList<>();
        Map<String, List<String>> answers = new LinkedHashMap<>();
        for (int i = 0; i < tested.size(); i++) {
            List<String> row = train.rows().get(tested.get(i));
            List<String> line = new ArrayList<>(sample.rows().get(i % sample.rows().size()));
            line.set(0, id < 0 ? String.valueOf(i + 1) : row.get(id));
            lines.add(line);
            if (answers.put(line.get(0), targets.stream().map(row::get).toList()) != null) {
                throw new IOException("the id " + line.get(0) + " is there twice");
            }
        }
        write(out, List.of(train.of(renamed ? "first.csv" : "train.csv", names, all, kept),
                train.of(renamed ? "second.csv" : "test.csv", shared.stream().map(names::get).toList(), shared, tested),
                new Csv(renamed ? "third.csv" : sample.name(), header, lines)));
        List<String> classes = kept.stream().map(row -> train.rows().get(row).get(targets.get(0))).distinct().sorted().toList();
        return new SecondRound(header.get(0), header.subList(1, header.size()), answers, classes);
    }

    private static boolean[] held(Csv train, Csv test, long seed) {
        int n = train.rows().size();
        boolean[] held = new boolean[n];
        int moment = train.column("datetime");
        if (moment >= 0) {
            for (int row = 0; row < n; row++) {
                held[row] = Integer.parseInt(train.rows().get(row).get(moment).substring(8, 10)) > LAST_TRAINING_DAY;
            }
            return held;
        }
        // Some of them, each equally likely: Knuth's selection sampling.
        long wanted = Math.round((double) n * test.rows().size() / (n + test.rows().size()));
        SplittableRandom random = new SplittableRandom(seed);
        for (int row = 0; row < n; row++) {
            held[row] = random.nextLong(n - row) < wanted;
            wanted -= held[row] ? 1 : 0;
        }
        return held;
    }

    private static List<Csv> read(Path zip) throws IOException {
        List<Csv> files = new ArrayList<>();
        try (ZipFile archive = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : archive.stream().filter(e -> e.getName().endsWith(".csv")).toList()) {
                try (Reader reader = new InputStreamReader(archive.getInputStream(entry), StandardCharsets.UTF_8)) {
                    files.add(read(entry.getName(), reader));
                }
            }
        }
        return files;
    }

    private static Csv read(String name, Reader reader) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        try (CsvReader<CsvRecord> csv = CsvReader.builder().ofCsvRecord(reader)) {
            csv.forEach(line -> rows.add(line.getFields()));
        }
        return new Csv(name, rows.get(0), rows.subList(1, rows.size()));
    }

    private static void write(Path out, List<Csv> files) throws IOException {
        try (ZipOutputStream archive = new ZipOutputStream(Files.newOutputStream(out)); Writer writer = new OutputStreamWriter(archive, StandardCharsets.UTF_8)) {
            for (Csv file : files) {
                archive.putNextEntry(new ZipEntry(file.name()));
                CsvWriter csv = CsvWriter.builder().build(writer);
                csv.writeRecord(file.header());
                file.rows().forEach(csv::writeRecord);
                csv.flush();
                archive.closeEntry();
            }
        }
    }

    /**
     * Scores a submission as Kaggle would.
     *
     * @param metric one of numbers, of labels, or of the probability of the second of two classes
     * @throws IOException if the submission cannot be read or its ids are others
     */
    double score(Path submission, io.dl4k.metrics.Metric metric) throws IOException {
        Csv lines;
        try (Reader reader = Files.newBufferedReader(submission)) {
            lines = read("submission", reader);
        }
        if (lines.rows().size() != answers.size()) {
            throw new IOException("the submission has " + lines.rows().size() + " rows, expected " + answers.size());
        }
        float[][] predictions = new float[answers.size()][];
        float[][] actual = new float[answers.size()][];
        for (int i = 0; i < predictions.length; i++) {
            List<String> line = lines.rows().get(i);
            predictions[i] = values(line.subList(1, line.size()), metric, true);
            actual[i] = values(answers.get(line.get(0)), metric, false);
        }
        return metric.score(predictions, actual);
    }

    private float[] values(List<String> texts, io.dl4k.metrics.Metric metric, boolean predicted) {
        boolean ofNumbers = List.of("rmse", "rmsle", "mae", "r2").contains(metric.name());
        if (ofNumbers || predicted && !metric.ofLabels()) {
            float[] values = new float[texts.size()];
            IntStream.range(0, values.length).forEach(c -> values[c] = Float.parseFloat(texts.get(c)));
            return values;
        }
        int label = classes.indexOf(texts.get(0));
        if (!metric.ofLabels()) {
            return new float[] {label};
        }
        float[] oneHot = new float[classes.size()];
        oneHot[label] = 1;
        return oneHot;
    }
}
