package io.dl4k.kaggle.cli;

/** A line for people, broken at spaces so that it fits a terminal. */
final class Wrapped {
    private static final int WIDTH = 80;

    private Wrapped() {
    }

    /** @param indent before every line but the first; a word longer than a line stands alone on one */
    static String of(String line, String indent) {
        StringBuilder out = new StringBuilder();
        String rest = line;
        while (rest.length() > WIDTH) {
            int space = rest.lastIndexOf(' ', WIDTH);
            int from = rest.startsWith(indent) ? indent.length() : rest.startsWith(" ") ? 1 : 0;
            if (space <= from) {
                space = rest.indexOf(' ', WIDTH);
            }
            if (space < 0) {
                break;
            }
            out.append(rest, 0, space).append(System.lineSeparator());
            rest = indent + rest.substring(space + 1);
        }
        return out + rest;
    }
}
