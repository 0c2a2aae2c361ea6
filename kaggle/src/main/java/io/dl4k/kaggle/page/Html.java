package io.dl4k.kaggle.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Puts HTML together; text is escaped unless it is called markup. */
public final class Html {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final StringBuilder out = new StringBuilder(1 << 16);

    /** Appends markup of our own; never anything from data. */
    public Html markup(String ours) {
        out.append(ours);
        return this;
    }

    /** Appends text from anywhere. */
    public Html text(String text) {
        out.append(escape(text));
        return this;
    }

    /** Appends an element around text, with attributes of our own. @param tag such as {@code td} or {@code td class="number"} */
    public Html element(String tag, String text) {
        int space = tag.indexOf(' ');
        return markup("<" + tag + ">").text(text).markup("</" + (space < 0 ? tag : tag.substring(0, space)) + ">");
    }

    /** Appends a place that the page's script draws a chart into. @param id of our own  @param key what the chart's lines are, as {@link Plot#key} has it, or empty */
    public Html figure(String id, String caption, String key) {
        return markup("<figure>").element("figcaption", caption).markup(key + "<div class=\"chart\" id=\"" + id + "\" role=\"img\" aria-label=\"" + escape(caption) + "\"></div></figure>\n");
    }

    /** Appends what the page's script draws. @param data lists, maps, records, texts and finite numbers */
    public Html data(Object data) {
        try {
            // A name with </script> in it must not end the block.
            return markup("<script type=\"application/json\" id=\"data\">").markup(JSON.writeValueAsString(data).replace("<", "\\u003c")).markup("</script>\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lists, maps, records, texts and numbers are always JSON", e);
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }

    /** The text as it may stand in an element or in a quoted attribute; characters that no page may hold become U+FFFD. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(allowed(c) ? c : 0xFFFD);
            }
        });
        return escaped.toString();
    }

    private static boolean allowed(int c) {
        boolean control = c < ' ' && c != '\t' && c != '\n' || c >= 0x7F && c < 0xA0;
        boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        return !control && !surrogate && (c & 0xFFFE) != 0xFFFE;
    }
}
