package io.dl4k.kaggle.soak;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The samples as a picture: a strip for each measure, from 0 up, over one axis of time. */
final class SoakPicture {
    private static final int WIDTH = 720;
    private static final int STRIP = 96;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int TOP = 24;
    /** More points than the picture is wide show nothing more. */
    private static final int MOST_POINTS = 360;

    private SoakPicture() {
    }

    static String svg(List<Sample> samples) {
        int n = samples.size();
        int points = Math.min(MOST_POINTS, n);
        List<Sample> shown = IntStream.range(0, points).mapToObj(i -> samples.get((int) ((long) i * (n - 1) / Math.max(1, points - 1)))).toList();
        double end = Math.max(1, shown.get(shown.size() - 1).seconds());
        int height = STRIP * Measure.ALL.size() + 32;
        StringBuilder svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + height + "\" font-family=\"sans-serif\" font-size=\"12\">\n"
                + "<rect width=\"" + WIDTH + "\" height=\"" + height + "\" fill=\"#fff\"/>\n");
        for (int m = 0; m < Measure.ALL.size(); m++) {
            Measure measure = Measure.ALL.get(m);
            int top = m * STRIP + TOP;
            int bottom = (m + 1) * STRIP;
            double most = Math.max(1, shown.stream().mapToDouble(measure.value()).max().orElseThrow());
            String line = shown.stream().map(s -> String.format(Locale.ROOT, "%.1f,%.1f", LEFT + s.seconds() / end * (WIDTH - LEFT - RIGHT),
                    bottom - measure.value().applyAsDouble(s) / most * (bottom - top))).collect(Collectors.joining(" "));
            svg.append("<text x=\"" + LEFT + "\" y=\"" + (top - 6) + "\" fill=\"#333\">" + measure.name() + "</text>\n")
                    .append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#666\">%.0f</text>%n", LEFT - 6, top + 6, most))
                    .append("<text x=\"" + (LEFT - 6) + "\" y=\"" + bottom + "\" text-anchor=\"end\" fill=\"#666\">0</text>\n")
                    .append("<path d=\"M" + LEFT + " " + top + "V" + bottom + "H" + (WIDTH - RIGHT) + "\" fill=\"none\" stroke=\"#bbb\"/>\n")
                    .append("<polyline points=\"" + line + "\" fill=\"none\" stroke=\"#1f6fb2\" stroke-width=\"1.5\"/>\n");
        }
        int bottom = STRIP * Measure.ALL.size();
        svg.append("<text x=\"" + LEFT + "\" y=\"" + (bottom + 18) + "\" fill=\"#666\">0</text>\n")
                .append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#666\">%.0f minutes, %d runs</text>%n", WIDTH - RIGHT, bottom + 18, end / 60,
                        shown.get(shown.size() - 1).runs()));
        return svg.append("</svg>\n").toString().replace(System.lineSeparator(), "\n");
    }
}
