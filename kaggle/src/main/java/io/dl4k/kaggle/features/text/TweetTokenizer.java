package io.dl4k.kaggle.features.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cleans short texts from social networks and parts them into tokens.
 *
 * <p>Cleaning: wrongly decoded characters are repaired, HTML entities decoded (also doubly encoded ones), typographic quotes made plain, white space made single.
 * Tokens are lower case. A link becomes {@value #LINK}, a mention {@value #MENTION}, a number {@value #NUMBER}, a hashtag {@value #HASHTAG} and its words
 * ({@code #StormWarning2015}: storm, warning, a number); letters repeated three times or more are cut to two ({@code soooo}: soo); runs of {@code !}, {@code ?}
 * and full stops are one token each; an emoji is a token without its skin tone; all other marks are left out.
 */
public final class TweetTokenizer {
    /** Token of a link. */
    public static final String LINK = "<link>";
    /** Token of a mention of somebody. */
    public static final String MENTION = "<mention>";
    /** Token of a number. */
    public static final String NUMBER = "<number>";
    /** Token before a hashtag's words. */
    public static final String HASHTAG = "<hashtag>";

    private static final Pattern ENTITY = Pattern.compile("&(?:#(\\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,6}));?");
    private static final Map<String, String> ENTITIES = Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", " ", "hellip", "…");
    private static final Pattern GLUED_LINK = Pattern.compile("(?<=\\S)(?=https?://)", Pattern.CASE_INSENSITIVE);
    private static final Pattern REPEATED = Pattern.compile("(\\p{L})\\1{2,}");
    private static final String WORD = "[\\p{L}\\p{M}]+(?:'[\\p{L}\\p{M}]+)*";
    private static final Pattern TOKEN = Pattern.compile("(?<link>(?:https?://|www\\.)\\S*|\\bt\\.co/\\w+|\\bhttps?\\b:?/?)"
            + "|(?<mention>(?<![\\p{L}\\p{N}])@\\w+)"
            + "|#(?<hashtag>[\\p{L}\\p{M}\\p{N}_]+)"
            + "|(?<number>\\p{N}+(?:[.,:/]\\p{N}+)*)"
            + "|(?<word>" + WORD + ")"
            + "|(?<marks>\\.{2,}|…|[!?]+)"
            + "|(?<emoji>[\\p{So}&&[^\\p{InLatin-1Supplement}]])", Pattern.CASE_INSENSITIVE);
    private static final Pattern IN_HASHTAG = Pattern.compile("(?<number>\\p{N}+)|(?<word>\\p{Lu}+(?!\\p{Ll})|\\p{Lu}?[\\p{Ll}\\p{Lo}\\p{M}]+)");

    private TweetTokenizer() { }

    /** The text as its author saw it, in one line, with case, links and mentions. */
    public static String clean(String text) {
        String clean = decodeEntities(decodeEntities(Mojibake.repair(text)));
        return GLUED_LINK.matcher(clean).replaceAll(" ").replace('’', '\'').replace('‘', '\'').replace('`', '\'').replace('“', '"').replace('”', '"')
                .replaceAll("[\\s\\p{Z}\\p{Cc}]+", " ").strip();
    }

    /** The tokens of a raw text, cleaned first; none if it has neither letters nor digits nor marks that count. */
    public static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(clean(text));
        while (matcher.find()) {
            if (matcher.group("link") != null) {
                tokens.add(LINK);
            } else if (matcher.group("mention") != null) {
                tokens.add(MENTION);
            } else if (matcher.group("hashtag") != null) {
                tokens.add(HASHTAG);
                addHashtag(matcher.group("hashtag"), tokens);
            } else if (matcher.group("number") != null) {
                tokens.add(NUMBER);
            } else if (matcher.group("word") != null) {
                tokens.add(word(matcher.group("word")));
            } else if (matcher.group("marks") != null) {
                tokens.add(marks(matcher.group("marks")));
            } else {
                tokens.add(matcher.group("emoji"));
            }
        }
        return tokens;
    }

    private static void addHashtag(String hashtag, List<String> tokens) {
        Matcher parts = IN_HASHTAG.matcher(hashtag);
        while (parts.find()) {
            tokens.add(parts.group("number") != null ? NUMBER : word(parts.group("word")));
        }
    }

    private static String word(String word) {
        return REPEATED.matcher(word.toLowerCase(Locale.ROOT)).replaceAll("$1$1");
    }

    private static String marks(String marks) {
        if (marks.startsWith(".") || marks.equals("…")) {
            return "…";
        }
        return marks.contains("!") ? marks.contains("?") ? "!?" : "!" : "?";
    }

    private static String decodeEntities(String text) {
        if (text.indexOf('&') < 0) {
            return text;
        }
        return ENTITY.matcher(text).replaceAll(entity -> Matcher.quoteReplacement(decoded(entity.group(), entity.group(1), entity.group(2), entity.group(3))));
    }

    private static String decoded(String whole, String decimal, String hexadecimal, String name) {
        if (name != null) {
            return ENTITIES.getOrDefault(name.toLowerCase(Locale.ROOT), whole);
        }
        int code = decimal != null ? Integer.parseInt(decimal) : Integer.parseInt(hexadecimal, 16);
        boolean character = Character.isValidCodePoint(code) && (code < Character.MIN_SURROGATE || code > Character.MAX_SURROGATE);
        return character ? Character.toString(code) : whole;
    }
}
