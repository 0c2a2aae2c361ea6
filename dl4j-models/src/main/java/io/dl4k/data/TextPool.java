package io.dl4k.data;

/** Strings for short texts that come again and again (categories), so that a million rows of five categories are five strings. Not thread-safe. */
final class TextPool {
    private static final int SLOTS = 1 << 14;   // each holds the latest text that fell on it
    private static final int LONGEST = 32;

    private final String[] slots = new String[SLOTS];

    String get(char[] chars, int offset, int length) {
        if (length > LONGEST) return new String(chars, offset, length);
        int hash = 0;
        for (int i = offset; i < offset + length; i++) hash = 31 * hash + chars[i];
        int slot = (hash ^ hash >>> 14) & SLOTS - 1;
        String pooled = slots[slot];
        if (pooled != null && equal(pooled, chars, offset, length)) return pooled;
        return slots[slot] = new String(chars, offset, length);
    }

    private static boolean equal(String text, char[] chars, int offset, int length) {
        if (text.length() != length) return false;
        for (int i = 0; i < length; i++) if (text.charAt(i) != chars[offset + i]) return false;
        return true;
    }
}
