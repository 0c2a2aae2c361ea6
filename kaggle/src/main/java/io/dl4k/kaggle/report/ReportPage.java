package io.dl4k.kaggle.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.data.AtomicFile;
import io.dl4k.training.History;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Properties;

/** Writes a {@link Report} as one HTML file. */
public final class ReportPage {
    /** More classes than this make a matrix that nobody reads; the table of each class and the list of mistakes remain. */
    private static final int LARGEST_MATRIX = 30;
    /** Kinds of mistakes listed. */
    private static final int MISTAKES = 8;
    /** Fewer folds than this tell little of how scores scatter. */
    private static final int FEW_FOLDS = 5;
    private static final String WEBJAR = "/META-INF/resources/webjars/uplot/";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Report report;
    private final Html html = new Html();
    private final List<Map<String, Object>> curves = new ArrayList<>();

    private ReportPage(Report report) {
        this.report = report;
    }

    /**
     * Writes the page, whole or not at all.
     *
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, Report report) throws IOException {
        byte[] page = of(report).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(page));
    }

    /** The page. */
    public static String of(Report report) {
        return new ReportPage(report).render();
    }

    private String render() {
        String version = webjarVersion();
        String library = "/*\n" + resource(WEBJAR + version + "/LICENSE").strip() + "\n*/\n" + resource(WEBJAR + version + "/dist/uPlot.iife.min.js");
        String script = resource("report.js");
        String style = resource(WEBJAR + version + "/dist/uPlot.min.css") + "\n" + resource("report.css");
        html.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        // Whatever slipped through the escaping could neither run nor send anything.
        html.markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; script-src "
                + hash(library) + " " + hash(script) + "\">\n");
        html.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
        html.element("title", report.title() + " - DL4K report").markup("\n<style>\n").markup(style).markup("</style>\n</head>\n<body>\n<main>\n");
        head();
        trust();
        candidates();
        learning();
        report.confusion().ifPresent(this::confusion);
        facts();
        times();
        html.markup("</main>\n<script type=\"application/json\" id=\"data\">").markup(data()).markup("</script>\n");
        html.markup("<script>").markup(library).markup("</script>\n<script>").markup(script).markup("</script>\n</body>\n</html>\n");
        return html.toString();
    }

    private void head() {
        Contender submitted = report.submitted();
        html.markup("<header>\n<p class=\"kicker\">DL4K report</p>\n").element("h1", report.title()).markup("\n<dl class=\"tiles\">");
        tile("cross-validated " + report.metric(), number(submitted.score()));
        tile("standard error", number(report.trust().error()));
        tile("expected on the test rows", number(report.trust().low()) + " to " + number(report.trust().high()));
        tile("submitted", submitted.name() + ", " + plural(submitted.networks().size(), "network"));
        html.markup("</dl>\n<noscript><p class=\"note\">The charts need JavaScript. All their numbers but the learning curves are in the tables.</p></noscript>\n</header>\n");
    }

    private void tile(String name, String value) {
        html.markup("<div>").element("dt", name).element("dd", value).markup("</div>");
    }

    private void trust() {
        open("trust", "How far to trust the score");
        trustSentences(report).forEach(paragraph -> html.element("p", paragraph).markup("\n"));
        close();
    }

    /** What can honestly be said of the score. */
    static List<String> trustSentences(Report report) {
        Trust trust = report.trust();
        Contender submitted = report.submitted();
        StringBuilder first = new StringBuilder(String.format(Locale.ROOT, "%s of %s over %s, each predicted only by networks that were not trained on it. ",
                capital(report.metric()), number(trust.score()), plural(trust.rows(), "row")));
        if (trust.foldError().isPresent()) {
            first.append(String.format(Locale.ROOT, "The %d folds' scores have a mean of %s with a standard error of %s", trust.folds(), number(trust.foldMean()),
                    number(trust.foldError().getAsDouble())));
            first.append(trust.folds() < FEW_FOLDS ? " (so few folds tell little of how scores scatter). " : ". ");
        } else {
            first.append("There is one fold, so nothing is known of how the score would change with other training rows. ");
        }
        trust.rowError().ifPresent(error -> first.append(String.format(Locale.ROOT, "The luck of which rows were validated alone is worth %s. ", number(error))));
        first.append(String.format(Locale.ROOT, "Adding the luck of the %s, expect between %s and %s on them, 19 times out of 20; Kaggle's public leaderboard shows only a part of them "
                + "and scatters more.", plural(trust.testRows(), "test row"), number(trust.low()), number(trust.high())));
        List<String> sentences = new ArrayList<>(List.of(first.toString()));
        StringBuilder second = new StringBuilder("What this does not see: it holds only if the test rows are like the training rows.");
        if (trust.folds() > 1) {
            second.append(" Folds share training rows, so their standard error is too small rather than too large.");
        }
        if (report.contenders().size() > 1) {
            second.append(String.format(Locale.ROOT, " %s was chosen from %d candidates by this very score, which flatters it a little.", submitted.name(),
                    report.contenders().size()));
        }
        if (submitted.foldScores().size() > 1) {
            second.append(String.format(Locale.ROOT, " The submission averages all %d networks, the score above only those that had not seen the row: it may do a little better.",
                    submitted.networks().size()));
        }
        sentences.add(second.toString());
        if (report.trained() < report.planned()) {
            sentences.add(String.format(Locale.ROOT, "The time budget ended the run after %d of %d networks.", report.trained(), report.planned()));
        }
        return sentences;
    }

    private void candidates() {
        open("candidates", report.contenders().size() == 1 ? "Fold scores" : "Candidates and fold scores");
        figure("folds", "Each dot is a fold, the line its candidate's mean, the bar the mean's standard error either way.");
        html.markup("<div class=\"wide\"><table>\n<thead><tr><th>candidate</th><th>network</th>");
        for (String name : List.of(report.metric(), "mean of folds", "± spread", "± error", "folds", "rows", "networks", "parameters")) {
            html.element("th class=\"number\"", name);
        }
        html.markup("</tr></thead>\n<tbody>\n");
        for (Contender contender : report.contenders()) {
            Spread spread = contender.spread();
            html.markup(contender == report.submitted() ? "<tr class=\"best\">" : "<tr>").element("th scope=\"row\"", contender.name()).element("td", contender.family());
            for (String value : List.of(number(contender.score()), number(spread.mean()), number(spread.deviation()), number(spread.error()),
                    grouped(contender.foldScores().size()), grouped(contender.rows()), grouped(contender.networks().size()), parameters(contender))) {
                html.element("td class=\"number\"", value);
            }
            html.markup("</tr>\n");
        }
        html.markup("</tbody></table></div>\n");
        if (report.contenders().size() > 1) {
            html.markup("<p class=\"note\">The submitted candidate is marked. Spread is the standard deviation of its folds' scores.</p>\n");
        }
        html.markup("<details><summary>Score of each fold</summary><div class=\"wide\"><table>\n<thead><tr><th>fold</th>");
        report.contenders().forEach(contender -> html.element("th class=\"number\"", contender.name()));
        html.markup("</tr></thead>\n<tbody>\n");
        int folds = report.contenders().stream().mapToInt(contender -> contender.foldScores().size()).max().orElseThrow();
        for (int fold = 0; fold < folds; fold++) {
            html.markup("<tr>").element("th scope=\"row\"", String.valueOf(fold + 1));
            for (Contender contender : report.contenders()) {
                html.element("td class=\"number\"", fold < contender.foldScores().size() ? number(contender.foldScores().get(fold)) : "–");
            }
            html.markup("</tr>\n");
        }
        html.markup("</tbody></table></div></details>\n");
        close();
    }

    private static String parameters(Contender contender) {
        long least = contender.networks().stream().mapToLong(Contender.Member::parameters).min().orElseThrow();
        long most = contender.networks().stream().mapToLong(Contender.Member::parameters).max().orElseThrow();
        // Folds differ in the levels their encoders learned.
        return least == most ? grouped(least) : grouped(least) + " to " + grouped(most);
    }

    private void learning() {
        open("learning", "Learning curves");
        html.markup("<p class=\"note\">Thin lines are networks, the bold one is their mean.</p>\n");
        for (Contender contender : report.contenders()) {
            List<History> histories = contender.networks().stream().flatMap(network -> network.history().stream()).toList();
            LearningCurve loss = LearningCurve.of(histories, History.Epoch::trainingLoss);
            LearningCurve validation = LearningCurve.of(histories, epoch -> epoch.validationLoss().orElse(Double.NaN));
            LearningCurve score = LearningCurve.of(histories, epoch -> epoch.metric().orElse(Double.NaN));
            html.element("h3", contender.name());
            if (contender.withoutHistory() > 0) {
                html.element("p class=\"note\"", contender.withoutHistory() + " of " + plural(contender.networks().size(), "network")
                        + " came from a checkpoint of an interrupted run, which keeps no learning curves.");
            }
            if (loss.isEmpty() && !histories.isEmpty()) {
                html.markup("<p class=\"note\">The time budget ended before the first whole epoch.</p>\n");
            }
            html.markup("<div class=\"pair\">");
            if (!loss.isEmpty()) {
                curve("loss", validation.isEmpty() ? "training loss by epoch" : "training loss by epoch, validation loss dashed", loss, validation);
            }
            if (!score.isEmpty()) {
                curve(report.metric(), "validation " + report.metric() + " by epoch", score, null);
            }
            html.markup("</div>\n");
        }
        close();
    }

    /** @param second dashed; null or empty for none */
    private void curve(String name, String caption, LearningCurve first, LearningCurve second) {
        Map<String, Object> curve = new LinkedHashMap<>();
        String id = "curve" + curves.size();
        curve.put("id", id);
        curve.put("name", name);
        curve.put("epochs", first.epochs());
        curve.put("lines", first.lines());
        curve.put("mean", first.mean());
        if (second != null && !second.isEmpty()) {
            curve.put("second", second.mean());
        }
        curves.add(curve);
        figure(id, caption);
    }

    private void confusion(Confusion confusion) {
        int classes = confusion.labels().size();
        open("confusion", "Confusion matrix, out of fold");
        if (classes <= LARGEST_MATRIX) {
            html.markup("<p class=\"note\">A row is what the rows are, a column what they were taken for. The stronger the colour, the larger the share of its row.</p>\n");
            html.markup("<div class=\"wide\"><table class=\"matrix\">\n<thead><tr><td></td>");
            confusion.labels().forEach(label -> html.element("th scope=\"col\"", label));
            html.markup("</tr></thead>\n<tbody>\n");
            for (int actual = 0; actual < classes; actual++) {
                html.markup("<tr>").element("th scope=\"row\"", confusion.labels().get(actual));
                for (int predicted = 0; predicted < classes; predicted++) {
                    int count = confusion.count(actual, predicted);
                    double share = confusion.rowsOf(actual) == 0 ? 0 : count / (double) confusion.rowsOf(actual);
                    String kind = (actual == predicted ? "right" : "wrong") + (share > 0.5 ? " deep" : "") + (count == 0 ? " none" : "");
                    html.element("td class=\"" + kind + "\" style=\"--share:" + String.format(Locale.ROOT, "%.3f", share) + "\"", grouped(count));
                }
                html.markup("</tr>\n");
            }
            html.markup("</tbody></table></div>\n");
        }
        List<Confusion.Mistake> mistakes = confusion.mistakes(MISTAKES);
        if (!mistakes.isEmpty() && classes > 2) {
            html.markup("<p>Most frequent mistakes:</p>\n<ul class=\"mistakes\">");
            for (Confusion.Mistake mistake : mistakes) {
                html.markup("<li>").element("b", confusion.labels().get(mistake.actual())).text(" taken for ").element("b", confusion.labels().get(mistake.predicted()))
                        .text(": " + plural(mistake.count(), "row")).markup("</li>");
            }
            html.markup("</ul>\n");
        }
        close();
        open("classes", "Precision and recall");
        html.markup("<div class=\"wide\"><table>\n<thead><tr><th>class</th><th class=\"number\">precision</th><th class=\"number\">recall</th><th class=\"number\">F1</th>"
                + "<th class=\"number\">rows</th></tr></thead>\n<tbody>\n");
        for (int c = 0; c < classes; c++) {
            html.markup("<tr>").element("th scope=\"row\"", confusion.labels().get(c));
            for (String value : List.of(number(confusion.precision(c)), number(confusion.recall(c)), number(confusion.f1(c)), grouped(confusion.rowsOf(c)))) {
                html.element("td class=\"number\"", value);
            }
            html.markup("</tr>\n");
        }
        html.markup("</tbody></table></div>\n<p class=\"note\">Precision: share of the rows taken for the class that are of it. Recall: share of its rows that were found.</p>\n");
        close();
    }

    private void facts() {
        open("facts", "What was run");
        html.markup("<div class=\"facts\">\n");
        for (Facts facts : report.facts()) {
            html.markup("<div>").element("h3", facts.title()).markup("<dl>");
            facts.facts().forEach(fact -> html.element("dt", fact.name()).element("dd", fact.value()));
            html.markup("</dl></div>\n");
        }
        html.markup("</div>\n");
        close();
    }

    /** The only part of the page that differs when a run is repeated. */
    private void times() {
        Report.Times times = report.times();
        open("times", "Times");
        String finished = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC).format(times.finished().truncatedTo(ChronoUnit.SECONDS));
        html.element("p", String.format(Locale.ROOT, "Finished %s after %.1f seconds.", finished, times.seconds())).markup("\n");
        html.markup("<div class=\"wide\"><table>\n<thead><tr><th>candidate</th><th class=\"number\">seconds</th><th class=\"number\">rows a second</th></tr></thead>\n<tbody>\n");
        for (int i = 0; i < report.contenders().size(); i++) {
            OptionalDouble speed = report.contenders().get(i).networks().stream().flatMap(network -> network.history().stream()).flatMap(history -> history.epochs().stream())
                    .mapToDouble(History.Epoch::rowsPerSecond).average();
            html.markup("<tr>").element("th scope=\"row\"", report.contenders().get(i).name())
                    .element("td class=\"number\"", String.format(Locale.ROOT, "%.1f", times.contenderSeconds().get(i)))
                    .element("td class=\"number\"", speed.isPresent() ? grouped(Math.round(speed.getAsDouble())) : "–").markup("</tr>\n");
        }
        html.markup("</tbody></table></div>\n");
        if (report.contenders().stream().anyMatch(contender -> contender.withoutHistory() > 0)) {
            html.markup("<p class=\"note\">Networks from a checkpoint count with the time to read and validate them.</p>\n");
        }
        close();
    }

    private void open(String id, String title) {
        html.markup("<section id=\"" + id + "\">\n").element("h2", title).markup("\n");
    }

    private void close() {
        html.markup("</section>\n");
    }

    /** A place that the script draws a chart into. @param id of our own */
    private void figure(String id, String caption) {
        html.markup("<figure>").element("figcaption", caption).markup("<div class=\"chart\" id=\"" + id + "\" role=\"img\" aria-label=\"" + Html.escape(caption) + "\"></div></figure>\n");
    }

    private String data() {
        List<Map<String, Object>> folds = new ArrayList<>();
        for (Contender contender : report.contenders()) {
            Map<String, Object> one = new LinkedHashMap<>();
            Spread spread = contender.spread();
            one.put("name", contender.name());
            one.put("scores", contender.foldScores());
            one.put("mean", spread.mean());
            one.put("error", spread.error().isPresent() ? spread.error().getAsDouble() : null);
            folds.add(one);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("metric", report.metric());
        data.put("folds", folds);
        data.put("curves", curves);
        try {
            // A name with </script> in it must not end the block.
            return JSON.writeValueAsString(data).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lists, maps, texts and numbers are always JSON", e);
        }
    }

    /** Four decimals, more where a small number would lose its digits. */
    static String number(double x) {
        if (Double.isNaN(x)) {
            return "–";
        }
        double size = Math.abs(x);
        return String.format(Locale.ROOT, size >= 1000 ? "%,.1f" : size >= 0.001 || size == 0 ? "%.4f" : "%.2e", x);
    }

    private static String number(OptionalDouble x) {
        return number(x.orElse(Double.NaN));
    }

    private static String grouped(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String plural(long n, String what) {
        return grouped(n) + " " + what + (n == 1 ? "" : "s");
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The version is a folder of the WebJar, and the POM alone decides it. */
    private static String webjarVersion() {
        Properties properties = new Properties();
        try (InputStream in = open("/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the application's jars are damaged: the chart library's version cannot be read", e);
        }
        return properties.getProperty("version");
    }

    /** With Unix line ends, as a browser hashes it. */
    private static String resource(String name) {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("the application's jars are damaged: " + name + " cannot be read", e);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = ReportPage.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException(name + " is missing");
        }
        return in;
    }
}
