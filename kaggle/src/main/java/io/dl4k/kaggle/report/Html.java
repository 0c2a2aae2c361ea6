package io.dl4k.kaggle.report;

/** Puts HTML together; text is escaped unless it is called markup. */
final class Html {
    private final StringBuilder out = new StringBuilder(1 << 16);

    /** Appends markup of our own; never anything from data. */
    Html markup(String ours) {
        out.append(ours);
        return this;
    }

    /** Appends text from anywhere. */
    Html text(String text) {
        out.append(escape(text));
        return this;
    }

    /** Appends an element around text, with attributes of our own. @param tag such as {@code td} or {@code td class="number"} */
    Html element(String tag, String text) {
        int space = tag.indexOf(' ');
        return markup("<" + tag + ">").text(text).markup("</" + (space < 0 ? tag : tag.substring(0, space)) + ">");
    }

    @Override
    public String toString() {
        return out.toString();
    }

    /** The text as it may stand in an element or in a quoted attribute; characters that no page may hold become U+FFFD. */
    static String escape(String text) {
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
