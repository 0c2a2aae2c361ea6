package io.dl4k.kaggle.features.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Undoes wrong decodings of UTF-8, character by character: read as Windows-1252 ({@code â€™} for ’), and the same then saved in the Macintosh's encoding and
 * read as Latin-1 ({@code \u0089Ûª} for ’), as the tweets of {@code nlp-getting-started} were.
 */
public final class Mojibake {
    private static final int UNKNOWN = -1;
    private static final int BYTES = 256;
    private static final int FIRST_BEYOND_ASCII = 0x80;
    /** What the Macintosh's encoding lacks was saved as an underscore, or as it was; of the marks that begin with these two bytes, these are common. */
    private static final Map<String, Character> LOST = Map.of("\u0089\u00db_", '…', "\u0089\u00db\u009d", '”');
    private static final int LOST_LENGTH = 3;
    private static final Charset WINDOWS = Charset.forName("windows-1252");
    /** For each Latin-1 character, the byte of UTF-8 that it was. */
    private static final int[] VIA_MACINTOSH = viaMacintosh();

    private Mojibake() { }

    /** {@return the text as it was meant; one that reads well already as it is} */
    public static String repair(String text) {
        if (text.chars().allMatch(c -> c < FIRST_BEYOND_ASCII)) {
            return text;
        }
        StringBuilder repaired = new StringBuilder(text.length());
        CharsetEncoder windows = WINDOWS.newEncoder();
        for (int i = 0; i < text.length(); ) {
            Character lost = LOST.get(text.substring(i, Math.min(text.length(), i + LOST_LENGTH)));
            if (lost != null) {
                repaired.append(lost.charValue());
                i += LOST_LENGTH;
                continue;
            }
            int viaMacintosh = sequence(text, i, c -> c < BYTES ? VIA_MACINTOSH[c] : UNKNOWN, repaired);
            int length = viaMacintosh > 0 ? viaMacintosh : sequence(text, i, c -> windowsByte(windows, c), repaired);
            if (length > 0) {
                i += length;
            } else {
                repaired.append(text.charAt(i++));
            }
        }
        return repaired.toString();
    }

    @FunctionalInterface
    private interface ByteOf {
        /** The byte that a character stands for, or {@link #UNKNOWN}. */
        int of(char c);
    }

    /** Appends the character whose UTF-8 bytes, wrongly read, begin at {@code from}. {@return how many characters of the text those are, 0: none} */
    private static int sequence(String text, int from, ByteOf byteOf, StringBuilder to) {
        int lead = byteOf.of(text.charAt(from));
        int length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 0;
        if (length == 0 || from + length > text.length()) {
            return 0;
        }
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            int value = byteOf.of(text.charAt(from + i));
            if (value == UNKNOWN) {
                return 0;
            }
            bytes[i] = (byte) value;
        }
        try {
            to.append(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)));
            return length;
        } catch (CharacterCodingException notUtf8) {
            return 0;
        }
    }

    private static int windowsByte(CharsetEncoder windows, char c) {
        if (c < FIRST_BEYOND_ASCII) {
            return UNKNOWN;
        }
        try {
            return windows.encode(CharBuffer.wrap(new char[] {c})).get() & 0xff;
        } catch (CharacterCodingException notThere) {
            // Windows-1252 as browsers read it: the five bytes without a character stand for themselves.
            return c < 0xa0 ? c : UNKNOWN;
        }
    }

    private static int[] viaMacintosh() {
        int[] bytes = new int[BYTES];
        Arrays.fill(bytes, UNKNOWN);
        CharsetEncoder windows = WINDOWS.newEncoder();
        Charset macintosh = Charset.forName("x-MacRoman");
        for (int latin = FIRST_BEYOND_ASCII; latin < BYTES; latin++) {
            bytes[latin] = windowsByte(windows, new String(new byte[] {(byte) latin}, macintosh).charAt(0));
        }
        return bytes;
    }
}
