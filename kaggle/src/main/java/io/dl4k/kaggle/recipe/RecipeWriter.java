package io.dl4k.kaggle.recipe;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a recipe as people would, so that {@link RecipeReader} reads the same back. */
public final class RecipeWriter {
    private final StringBuilder out = new StringBuilder();

    private RecipeWriter() {
    }

    /**
     * Writes a recipe.
     *
     * @param comments lines above it, without the number sign
     * @return YAML, each line ended
     */
    public static String write(Recipe recipe, List<String> comments) {
        RecipeWriter writer = new RecipeWriter();
        comments.forEach(comment -> writer.out.append("# ").append(comment.replaceAll("\\R", " ")).append('\n'));
        writer.recipe(recipe);
        return writer.out.toString();
    }

    private void recipe(Recipe r) {
        line("", RecipeReader.COMPETITION, quoted(r.competition().orElse(RecipeReader.AUTO)));
        r.title().ifPresent(title -> line("", RecipeReader.TITLE, quoted(title)));
        r.id().ifPresent(id -> line("", RecipeReader.ID, quoted(id)));
        if (!r.targets().isEmpty()) {
            line("", RecipeReader.TARGET, r.targets().size() == 1 ? quoted(r.targets().get(0)) : texts(r.targets()));
        }
        r.task().ifPresent(task -> line("", RecipeReader.TASK, task.word()));
        r.metric().ifPresent(metric -> line("", RecipeReader.METRIC, metric));
        r.written().ifPresent(written -> line("", RecipeReader.SUBMISSION, written.word()));
        if (!r.columns().isEmpty()) {
            out.append(RecipeReader.COLUMNS).append(":\n");
            r.columns().forEach((name, kind) -> line("  ", quoted(name), kind.word()));
        }
        r.images().ifPresent(i -> {
            out.append(RecipeReader.IMAGES).append(":\n");
            line("  ", "first", quoted(i.first()));
            line("  ", "last", quoted(i.last()));
            line("  ", "height", i.height());
            line("  ", "width", i.width());
            line("  ", "channels", i.channels());
            line("  ", "maximum", i.maximum());
            line("  ", "interleaved", i.interleaved());
        });
        r.split().ifPresent(split -> line("", RecipeReader.SPLIT,
                split.column().map(column -> "{kind: " + split.kind().word() + ", column: " + quoted(column)
                        + (split.days().isPresent() ? ", days: " + number(split.days().getAsDouble()) : "") + "}").orElse(split.kind().word())));
        r.folds().ifPresent(n -> line("", RecipeReader.FOLDS, n));
        r.ensemble().ifPresent(n -> line("", RecipeReader.ENSEMBLE, n));
        if (!r.candidates().isEmpty()) {
            out.append(RecipeReader.CANDIDATES).append(":\n");
            r.candidates().forEach(this::candidate);
        }
    }

    private void candidate(CandidateSpec c) {
        line("  - ", "name", quoted(c.name()));
        c.network().ifPresent(network -> {
            if (network instanceof NetworkSpec.Mlp mlp) {
                field("network", "mlp");
                field("hidden", mlp.hidden());
                field("activation", mlp.activation().word());
                field("dropout", number(mlp.dropout()));
                field("input-dropout", number(mlp.inputDropout()));
                field("batch-norm", mlp.batchNorm());
                field("l1", number(mlp.l1()));
                field("l2", number(mlp.l2()));
                field("robust", mlp.robust());
            } else if (network instanceof NetworkSpec.Cnn cnn) {
                field("network", "cnn");
                field("blocks", cnn.blocks());
                field("kernel", cnn.kernel());
                field("batch-norm", cnn.batchNorm());
                field("dense", cnn.dense());
                field("dropout", number(cnn.dropout()));
                field("shift", number(cnn.shift()));
                field("rotation", number(cnn.rotation()));
                field("scale", number(cnn.scale()));
            } else if (network instanceof NetworkSpec.Lstm lstm) {
                field("network", "lstm");
                field("embedding", lstm.embedding());
                field("units", lstm.units());
                field("bidirectional", lstm.bidirectional());
                field("pool", lstm.pool().word());
                field("dropout", number(lstm.dropout()));
                field("length", lstm.length());
            } else if (network instanceof NetworkSpec.Series series) {
                field("network", "lstm");
                field("over", quoted(series.over()));
                field("steps", series.steps());
                field("units", series.units());
                field("dropout", number(series.dropout()));
                field("l2", number(series.l2()));
            }
        });
        c.features().ifPresent(f -> field("features", "{quantiles: " + f.quantiles() + ", rates: " + f.rates() + ", words: " + f.words() + ", parts: " + f.parts() + ", rare: " + f.rare() + ", pieces: " + f.pieces() + ", crosses: "
                + f.crosses() + "}"));
        c.epochs().ifPresent(n -> field("epochs", n));
        c.batch().ifPresent(n -> field("batch", n));
        c.learningRate().ifPresent(rate -> field("learning-rate", number(rate)));
    }

    private void field(String key, Object value) {
        line("    ", key, value);
    }

    private void line(String indent, String key, Object value) {
        out.append(indent).append(key).append(": ").append(value).append('\n');
    }

    private static String number(double x) {
        return x == Math.rint(x) && Math.abs(x) < 1e9 ? String.valueOf((long) x) : String.valueOf(x).toLowerCase(Locale.ROOT);
    }

    private static String texts(List<String> texts) {
        return texts.stream().map(RecipeWriter::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    /** As it is where no YAML reader could take it for anything else, else in double quotes. */
    private static String quoted(String text) {
        if (text.matches("[A-Za-z_][A-Za-z0-9_ .-]*[A-Za-z0-9_]|[A-Za-z]") && !text.matches("(?i)true|false|yes|no|on|off|null|nan|y|n")) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || c == 0xfeff || !Character.isDefined(c) || Character.getType(c) == Character.SURROGATE) {
                quoted.append(c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
