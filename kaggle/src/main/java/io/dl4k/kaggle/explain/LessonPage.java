package io.dl4k.kaggle.explain;

import io.dl4k.data.AtomicFile;
import io.dl4k.kaggle.page.Html;
import io.dl4k.kaggle.page.Plot;
import io.dl4k.kaggle.page.Png;
import io.dl4k.kaggle.page.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Draws a lesson as one HTML file that works offline. */
public final class LessonPage {
    /** The page that links to all others. */
    public static final String INDEX = "index.html";

    private final Html html = new Html();
    private final List<Plot> plots = new ArrayList<>();

    private LessonPage() {
    }

    /** The name of a topic's file. */
    public static String file(Topic topic) {
        return topic.name() + ".html";
    }

    /**
     * Writes a topic's page, whole or not at all.
     *
     * @param site the topics whose pages lie in the same folder, in order, to be linked to; empty for a page on its own
     * @throws IOException if the file cannot be written
     */
    public static void write(Path folder, Topic topic, Lesson lesson, List<Topic> site) throws IOException {
        write(folder.resolve(file(topic)), of(topic, lesson, site));
    }

    /**
     * Writes the page that links to the topics' pages beside it.
     *
     * @throws IOException if the file cannot be written
     */
    public static void writeIndex(Path folder, List<Topic> site) throws IOException {
        write(folder.resolve(INDEX), index(site));
    }

    private static void write(Path file, String page) throws IOException {
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(bytes));
    }

    static String of(Topic topic, Lesson lesson, List<Topic> site) {
        LessonPage page = new LessonPage();
        page.head(topic.title(), topic.summary());
        lesson.sections().forEach(page::section);
        page.links(topic, site);
        return page.shell(topic.title());
    }

    static String index(List<Topic> site) {
        LessonPage page = new LessonPage();
        page.head("Deep learning, run and shown", "Every picture is of a network that was built, trained and measured when this page was written.");
        page.html.markup("<section><ol class=\"topics\">\n");
        for (Topic topic : site) {
            page.html.markup("<li><a href=\"" + file(topic) + "\">").text(topic.title()).markup("</a> ").element("span class=\"note\"", topic.summary()).markup("</li>\n");
        }
        page.html.markup("</ol></section>\n");
        return page.shell("DL4K explains");
    }

    private String shell(String title) {
        html.markup("</main>\n").data(Map.of("plots", plots));
        return Shell.offline(title, Shell.resource(LessonPage.class, "explain.css"), Shell.resource(LessonPage.class, "explain.js")).page(html.toString());
    }

    private void head(String title, String summary) {
        html.markup("<main>\n<header>\n<p class=\"kicker\">DL4K explains</p>\n").element("h1", title).markup("\n").element("p", summary)
                .markup("\n<noscript><p class=\"note\">The charts need JavaScript. The numbers that matter are in the text and the tables too.</p></noscript>\n</header>\n");
    }

    private void links(Topic topic, List<Topic> site) {
        int here = site.stream().map(Topic::name).toList().indexOf(topic.name());
        if (here < 0) {
            return;
        }
        html.markup("<nav>");
        if (here > 0) {
            link("prev", file(site.get(here - 1)), "← " + site.get(here - 1).title());
        }
        link("up", INDEX, "all topics");
        if (here + 1 < site.size()) {
            link("next", file(site.get(here + 1)), site.get(here + 1).title() + " →");
        }
        html.markup("</nav>\n");
    }

    private void link(String relation, String to, String text) {
        html.markup("<a rel=\"" + relation + "\" href=\"" + to + "\">").text(text).markup("</a> ");
    }

    private void section(Lesson.Section section) {
        html.markup("<section>\n").element("h2", section.title()).markup("\n");
        section.blocks().forEach(this::block);
        html.markup("</section>\n");
    }

    private void block(Lesson.Block block) {
        if (block instanceof Lesson.Words words) {
            html.element("p", words.text()).markup("\n");
        } else if (block instanceof Lesson.Formula formula) {
            html.element("p class=\"formula\"", formula.text()).markup("\n");
        } else if (block instanceof Lesson.Chart chart) {
            chart(chart);
        } else if (block instanceof Lesson.Pair pair) {
            html.markup("<div class=\"pair\">");
            pair.charts().forEach(this::chart);
            html.markup("</div>\n");
        } else if (block instanceof Lesson.Table table) {
            table(table);
        } else if (block instanceof Lesson.Pictures pictures) {
            pictures(pictures);
        }
    }

    private void chart(Lesson.Chart chart) {
        Plot plot = new Plot("chart" + plots.size(), chart.x(), chart.y(), chart.ground(), chart.series());
        plots.add(plot);
        html.figure(plot.id(), chart.caption(), plot.key());
    }

    private void table(Lesson.Table table) {
        html.markup("<div class=\"wide\"><table>\n<thead><tr>");
        for (int i = 0; i < table.header().size(); i++) {
            html.element(i == 0 ? "th" : "th class=\"number\"", table.header().get(i));
        }
        html.markup("</tr></thead>\n<tbody>\n");
        for (List<String> row : table.rows()) {
            html.markup("<tr>");
            for (int i = 0; i < row.size(); i++) {
                html.element(i == 0 ? "th scope=\"row\"" : "td class=\"number\"", row.get(i));
            }
            html.markup("</tr>\n");
        }
        html.markup("</tbody></table></div>\n");
    }

    private void pictures(Lesson.Pictures pictures) {
        html.markup("<figure>").element("figcaption", pictures.caption()).markup("<div class=\"pictures\">");
        for (Lesson.Picture picture : pictures.pictures()) {
            byte[] pixels = new byte[picture.values().size()];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (byte) Math.round(255 * Math.max(0, Math.min(1, picture.values().get(i))));
            }
            html.markup("<div><img src=\"data:image/png;base64,").markup(Base64.getEncoder().encodeToString(Png.grey(pixels, picture.columns()))).markup("\" alt=\"").text(picture.label())
                    .markup("\">").element("span", picture.label()).markup("</div>");
        }
        html.markup("</div></figure>\n");
    }
}
