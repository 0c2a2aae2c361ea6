package io.dl4k.kaggle.report;

import io.dl4k.data.AtomicFile;
import io.dl4k.kaggle.page.Html;
import io.dl4k.kaggle.page.Numbers;
import io.dl4k.kaggle.page.Plot;
import io.dl4k.kaggle.page.Shell;
import io.dl4k.training.History;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

/** Writes a {@link Report} as one HTML file. */
public final class ReportPage {
    /** More classes than this make a matrix that nobody reads; the table of each class and the list of mistakes remain. */
    private static final int LARGEST_MATRIX = 30;
    /** Kinds of mistakes listed. */
    private static final int MISTAKES = 8;
    /** Fewer folds than this tell little of how scores scatter. */
    private static final int FEW_FOLDS = 5;
    /** Share of the squared error from which on a hundredth of the rows decides the score. */
    private static final double HEAVY = 1 / 3.0;
    /** Inputs listed; the others are counted. */
    private static final int INPUTS = 25;

    private final Report report;
    private final Html html = new Html();
    private final List<Map<String, Object>> curves = new ArrayList<>();
    private final List<Plot> plots = new ArrayList<>();

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
        html.markup("<main>\n");
        head();
        trust();
        candidates();
        learning();
        report.findings().confusion().ifPresent(this::confusion);
        findings();
        facts();
        times();
        html.markup("</main>\n").data(data());
        return Shell.offline(report.title() + " - DL4K report", "", Shell.resource(ReportPage.class, "report.js")).page(html.toString());
    }

    private void head() {
        html.markup("<header>\n<p class=\"kicker\">DL4K report</p>\n").element("h1", report.title()).markup("\n<dl class=\"tiles\">");
        tile("cross-validated " + report.metric(), number(report.trust().score()));
        tile("standard error", number(report.trust().error()));
        tile("expected on the test rows", number(report.trust().low()) + " to " + number(report.trust().high()));
        tile("submitted", (report.voters().size() == 1 ? report.voters().get(0).name() : "blend of " + report.voters().size()) + ", " + plural(report.votingNetworks(), "network"));
        html.markup("</dl>\n<noscript><p class=\"note\">The charts need JavaScript. The numbers that matter are in the text and the tables too.</p></noscript>\n</header>\n");
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
            String chosen = report.voters().size() == 1 ? report.voters().get(0).name() + " was" : "The blend's weights were";
            second.append(String.format(Locale.ROOT, " %s chosen from %d candidates by this very score, which flatters it a little.", chosen, report.contenders().size()));
        }
        report.findings().roc().filter(roc -> roc.chosen().threshold() != 0.5).ifPresent(roc -> second.append(" So was the threshold, from the same rows."));
        if (report.onAllRows() > 0) {
            second.append(String.format(Locale.ROOT, " The submission is of %s trained anew on all rows, the latest ones too, which no fold could be: it may do a little better.",
                    plural(report.onAllRows(), "network")));
        } else if (trust.folds() > 1 && report.votingNetworks() > 1) {
            second.append(String.format(Locale.ROOT, " The submission averages all %d networks, the score above only those that had not seen the row: it may do a little better.",
                    report.votingNetworks()));
        }
        sentences.add(second.toString());
        report.outlook().ifPresent(outlook -> sentences.add(outlook.why() + String.format(Locale.ROOT, " The range above allows for an error %.1f times as large.", outlook.worse())));
        report.findings().residuals().stream().filter(residuals -> residuals.heavy() >= HEAVY).forEach(residuals -> sentences.add(String.format(Locale.ROOT,
                "Few rows decide this score: the worst hundredth of them makes %.0f%% of the squared error%s. A handful of such rows more or fewer among the test rows moves the score "
                        + "beyond the range above.", 100 * residuals.heavy(), report.findings().residuals().size() > 1 ? " of " + residuals.column() : "")));
        if (report.trained() < report.planned()) {
            sentences.add(String.format(Locale.ROOT, "The time budget ended the run after %d of %d networks.", report.trained(), report.planned()));
        }
        return sentences;
    }

    private void candidates() {
        open("candidates", report.contenders().size() == 1 ? "Fold scores" : "Candidates and fold scores");
        figure("folds", "Each dot is a fold, the line its candidate's mean, the bar the mean's standard error either way.");
        html.markup("<div class=\"wide\"><table>\n<thead><tr><th>candidate</th><th>network</th>");
        for (String name : List.of("weight", report.metric(), "mean of folds", "± spread", "± error", "folds", "rows", "networks", "parameters")) {
            html.element("th class=\"number\"", name);
        }
        html.markup("</tr></thead>\n<tbody>\n");
        for (Contender contender : report.contenders()) {
            Spread spread = contender.spread();
            html.markup(contender.weight() > 0 ? "<tr class=\"best\">" : "<tr>").element("th scope=\"row\"", contender.name()).element("td", contender.family());
            for (String value : List.of(contender.weight() > 0 ? String.format(Locale.ROOT, "%.2f", contender.weight()) : "–", number(contender.score()), number(spread.mean()), number(spread.deviation()), number(spread.error()),
                    grouped(contender.foldScores().size()), grouped(contender.rows()), grouped(contender.networks().size()), parameters(contender))) {
                html.element("td class=\"number\"", value);
            }
            html.markup("</tr>\n");
        }
        html.markup("</tbody></table></div>\n");
        if (report.contenders().size() > 1) {
            html.markup("<p class=\"note\">Candidates whose networks vote in the submission are marked; their weights were found out of fold. Spread is the standard deviation of a candidate's "
                    + "fold scores.</p>\n");
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
        members();
        close();
    }

    /** Every network trained, and its part of the submission. */
    private void members() {
        html.markup("<details><summary>Every network</summary><div class=\"wide\"><table>\n<thead><tr><th>candidate</th>");
        for (String name : List.of("fold", "member", report.metric(), "epochs", "parameters", "votes")) {
            html.element("th class=\"number\"", name);
        }
        html.markup("</tr></thead>\n<tbody>\n");
        for (Contender contender : report.contenders()) {
            for (Contender.Member network : contender.networks()) {
                html.markup("<tr>").element("th scope=\"row\"", contender.name());
                for (String value : List.of(String.valueOf(network.fold() + 1), String.valueOf(network.number() + 1), number(network.score()),
                        network.history().map(history -> String.valueOf(history.epochs().size())).orElse("–"), grouped(network.parameters()), vote(contender))) {
                    html.element("td class=\"number\"", value);
                }
                html.markup("</tr>\n");
            }
        }
        html.markup("</tbody></table></div></details>\n");
    }

    /** A network's part of the submission. */
    private String vote(Contender contender) {
        return contender.weight() > 0 && report.onAllRows() == 0 ? String.format(Locale.ROOT, "%.2f%%", 100 * contender.weight() / contender.networks().size()) : "none";
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

    private void findings() {
        Findings findings = report.findings();
        findings.roc().ifPresent(this::roc);
        findings.calibration().ifPresent(this::calibration);
        findings.residuals().forEach(this::residuals);
        findings.importance().ifPresent(this::importance);
        findings.worst().ifPresent(this::worst);
    }

    private void roc(Roc roc) {
        open("roc", "Telling \u201c" + roc.label() + "\u201d from the rest, out of fold");
        Roc.Cut chosen = roc.chosen();
        html.element("p", String.format(Locale.ROOT, "Area under the receiver operating characteristic %s, average precision %s. At the threshold submitted with, %s, %s of the %s "
                + "are found (recall %s), and %s of the %s taken for it are right (precision %s): F1 %s.", number(roc.area()), number(roc.averagePrecision()), threshold(chosen),
                grouped(chosen.hits()), plural(roc.rows(), "row"), number(chosen.recall()), grouped(chosen.hits()), plural(chosen.hits() + chosen.falseAlarms(), "row"),
                number(chosen.precision()), number(chosen.f1()))).markup("\n<div class=\"pair\">");
        List<Roc.Cut> cuts = roc.cuts();
        plot("roc-curve", "Recall against fallout, the share of the other rows taken for it, by threshold. Dashed: chance. The dot: the threshold submitted with.",
                Plot.Axis.share("fallout"), Plot.Axis.share("recall"),
                new Plot.Series(Plot.Draw.DASH, Plot.Tone.SOFT, List.of(0.0, 1.0), List.of(0.0, 1.0)),
                new Plot.Series(Plot.Draw.LINE, Plot.Tone.ACCENT, cuts.stream().map(Roc.Cut::fallout).toList(), cuts.stream().map(Roc.Cut::recall).toList()),
                new Plot.Series(Plot.Draw.MARK, Plot.Tone.SECOND, List.of(chosen.fallout()), List.of(chosen.recall())));
        double chance = roc.rows() / (double) (roc.rows() + roc.others());
        plot("precision-recall", "Precision against recall by threshold. Dashed: chance. The dot: the threshold submitted with.", Plot.Axis.share("recall"), Plot.Axis.share("precision"),
                new Plot.Series(Plot.Draw.DASH, Plot.Tone.SOFT, List.of(0.0, 1.0), List.of(chance, chance)),
                new Plot.Series(Plot.Draw.LINE, Plot.Tone.ACCENT, cuts.stream().map(Roc.Cut::recall).toList(), cuts.stream().map(Roc.Cut::precision).toList()),
                new Plot.Series(Plot.Draw.MARK, Plot.Tone.SECOND, List.of(chosen.recall()), List.of(chosen.precision())));
        html.markup("</div>\n");
        close();
    }

    private static String threshold(Roc.Cut cut) {
        return String.format(Locale.ROOT, "%.2f", cut.threshold());
    }

    private void calibration(Calibration calibration) {
        open("calibration", "Calibration, out of fold");
        html.element("p", String.format(Locale.ROOT, "Do the probabilities of %s mean what they say? The expected calibration error is %s, the Brier score %s.", calibration.what(),
                number(calibration.error()), number(calibration.brier()))).markup("\n");
        List<Calibration.Bin> bins = calibration.bins().stream().filter(bin -> bin.rows() > 0).toList();
        int most = bins.stream().mapToInt(Calibration.Bin::rows).max().orElse(1);
        List<Double> middles = bins.stream().map(bin -> (calibration.bins().indexOf(bin) + 0.5) / calibration.bins().size()).toList();
        plot("reliability", "Each dot is a tenth of the probability's range: what was said against what came true. Dashed: a probability that means what it says. Bars: how the rows are spread.",
                Plot.Axis.share("mean probability"), Plot.Axis.share("share that came true"),
                new Plot.Series(Plot.Draw.BARS, Plot.Tone.SOFT, middles, bins.stream().map(bin -> 0.25 * bin.rows() / most).toList()),
                new Plot.Series(Plot.Draw.DASH, Plot.Tone.SOFT, List.of(0.0, 1.0), List.of(0.0, 1.0)),
                new Plot.Series(Plot.Draw.LINE, Plot.Tone.ACCENT, bins.stream().map(Calibration.Bin::probability).toList(), bins.stream().map(Calibration.Bin::share).toList()),
                new Plot.Series(Plot.Draw.MARK, Plot.Tone.ACCENT, bins.stream().map(Calibration.Bin::probability).toList(), bins.stream().map(Calibration.Bin::share).toList()));
        html.markup("<details><summary>Rows of each tenth</summary><div class=\"wide\"><table>\n<thead><tr><th>probability</th><th class=\"number\">rows</th><th class=\"number\">mean</th>"
                + "<th class=\"number\">came true</th></tr></thead>\n<tbody>\n");
        for (int bin = 0; bin < calibration.bins().size(); bin++) {
            Calibration.Bin one = calibration.bins().get(bin);
            html.markup("<tr>").element("th scope=\"row\"", String.format(Locale.ROOT, "%.1f to %.1f", bin / 10.0, (bin + 1) / 10.0));
            for (String value : List.of(grouped(one.rows()), number(one.probability()), number(one.share()))) {
                html.element("td class=\"number\"", value);
            }
            html.markup("</tr>\n");
        }
        html.markup("</tbody></table></div></details>\n");
        close();
    }

    private void residuals(Residuals residuals) {
        int number = report.findings().residuals().indexOf(residuals);
        open("residuals-" + number, residuals.column() + ": predicted against actual, out of fold");
        String what = residuals.ratios() ? "An error is log(1 + predicted) - log(1 + actual): 0.1 is about a tenth too high. " : "An error is predicted - actual. ";
        html.element("p", String.format(Locale.ROOT, "%sThe errors have a mean of %s and a root mean square of %s; half are smaller than %s. The predictions explain %s of the variance.",
                what, number(residuals.bias()), number(residuals.deviation()), number(residuals.median()),
                Double.isNaN(residuals.explained()) ? "nothing" : String.format(Locale.ROOT, "%.1f%%", 100 * residuals.explained()))).markup("\n<div class=\"pair\">");
        List<Double> actual = residuals.points().stream().map(Residuals.Point::actual).toList();
        List<Double> predicted = residuals.points().stream().map(Residuals.Point::predicted).toList();
        boolean logarithmic = residuals.logarithmicAxes();
        Plot.Axis x = Plot.Axis.around("actual", actual, predicted, logarithmic);
        plot("scatter-" + number, (residuals.points().size() < residuals.rows() ? "Every dot is a row, " + grouped(residuals.points().size()) + " of them." : "Every dot is a row.")
                + " Dashed: predicted as it is.", x, x.named("predicted"),
                new Plot.Series(Plot.Draw.DOTS, Plot.Tone.ACCENT, actual, predicted),
                new Plot.Series(Plot.Draw.DASH, Plot.Tone.SECOND, List.of(x.low(), x.high()), List.of(x.low(), x.high())));
        List<Residuals.Bin> bins = residuals.bins();
        double width = bins.get(1).middle() - bins.get(0).middle();
        int most = bins.stream().mapToInt(Residuals.Bin::rows).max().orElse(1);
        plot("errors-" + number, "How the errors are spread." + (residuals.beyond() > 0 ? " " + plural(residuals.beyond(), "row") + " lie beyond it." : ""),
                new Plot.Axis("error", bins.get(0).middle() - width / 2, bins.get(bins.size() - 1).middle() + width / 2, false),
                new Plot.Axis("rows", 0, Math.max(1, most * 1.05), false),
                new Plot.Series(Plot.Draw.BARS, Plot.Tone.ACCENT, bins.stream().map(Residuals.Bin::middle).toList(), bins.stream().map(bin -> (double) bin.rows()).toList()),
                new Plot.Series(Plot.Draw.DASH, Plot.Tone.SECOND, List.of(0.0, 0.0), List.of(0.0, most * 1.05)));
        html.markup("</div>\n");
        close();
    }

    private void importance(Importance importance) {
        open("importance", "What the networks look at");
        html.element("p", String.format(Locale.ROOT, "How much %s gets worse where %s is shuffled among %s that the networks were not trained on (%s as they are). "
                + "Inputs that say the same as another seem less important than they are.", report.metric(),
                importance.grid().isPresent() ? "a part of the image" : "a column", plural(importance.rows(), "row"), number(importance.score()))).markup("\n");
        double most = importance.inputs().stream().mapToDouble(Importance.Input::loss).max().orElse(0);
        if (importance.grid().isPresent()) {
            Importance.Grid grid = importance.grid().get();
            html.markup("<figure><figcaption>The stronger the colour, the more the score needs this part; the strongest costs ").text(number(most)).markup(
                    ".</figcaption><div class=\"heat\" style=\"--side:" + grid.side() + "\">");
            for (double loss : grid.losses()) {
                html.markup(String.format(Locale.ROOT, "<i style=\"--share:%.3f\" title=\"", most > 0 && loss > 0 ? loss / most : 0)).text(number(loss)).markup("\"></i>");
            }
            html.markup("</div></figure>\n");
        } else {
            html.markup("<table class=\"bars\">\n<tbody>\n");
            importance.inputs().stream().limit(INPUTS).forEach(input -> html.markup("<tr>").element("th scope=\"row\"", input.name())
                    .markup(String.format(Locale.ROOT, "<td><i style=\"width:%.1f%%\"></i></td>", most > 0 && input.loss() > 0 ? 100 * input.loss() / most : 0))
                    .element("td class=\"number\"", number(input.loss())).markup("</tr>\n"));
            html.markup("</tbody></table>\n");
            if (importance.inputs().size() > INPUTS) {
                html.element("p class=\"note\"", String.format(Locale.ROOT, "%s with less are not listed.", plural(importance.inputs().size() - INPUTS, "column"))).markup("\n");
            }
        }
        close();
    }

    private void worst(WorstErrors worst) {
        open("worst", "The worst errors, out of fold");
        html.element("p class=\"note\"", worst.order()).markup("\n<div class=\"cases\">\n");
        for (WorstErrors.Case one : worst.cases()) {
            html.markup("<article>");
            if (one.exhibit() instanceof WorstErrors.Image image) {
                html.markup("<img src=\"data:image/png;base64,").markup(Base64.getEncoder().encodeToString(image.png())).markup("\" alt=\"").text("the image of line " + one.line()).markup("\">");
            }
            html.markup("<p>predicted <b>").text(one.predicted()).markup("</b>, is <b>").text(one.actual()).markup("</b></p>").element("p class=\"note\"", one.size() + ", line " + grouped(one.line()));
            if (one.exhibit() instanceof WorstErrors.Text text) {
                html.element("blockquote", text.text());
                values(text.values());
            } else if (one.exhibit() instanceof WorstErrors.Values values) {
                values(values.values());
            }
            html.markup("</article>\n");
        }
        html.markup("</div>\n");
        close();
    }

    private void values(List<WorstErrors.Value> values) {
        if (!values.isEmpty()) {
            html.markup("<dl>");
            values.forEach(value -> html.element("dt", value.column()).element("dd", value.text().isEmpty() ? "–" : value.text()));
            html.markup("</dl>");
        }
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
        open("times", "Times and memory");
        String finished = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC).format(times.finished().truncatedTo(ChronoUnit.SECONDS));
        html.element("p", String.format(Locale.ROOT, "Finished %s after %.1f seconds.", finished, times.seconds())).markup("\n");
        html.element("p", "Memory: " + times.memory() + ".").markup("\n");
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

    private void plot(String id, String caption, Plot.Axis x, Plot.Axis y, Plot.Series... series) {
        plots.add(new Plot(id, x, y, List.of(series)));
        figure(id, caption);
    }

    private void figure(String id, String caption) {
        html.figure(id, caption, "");
    }

    private Map<String, Object> data() {
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
        data.put("plots", plots);
        return data;
    }

    private static String number(double x) {
        return Numbers.text(x);
    }

    private static String number(OptionalDouble x) {
        return number(x.orElse(Double.NaN));
    }

    private static String grouped(long n) {
        return Numbers.grouped(n);
    }

    private static String plural(long n, String what) {
        return Numbers.plural(n, what);
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
