package io.dl4k.kaggle.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** The format as {@code Table} documents it, read the slow and plain way: one character after the other, every field a string. */
final class PlainCsv {
    private final String text;
    private final List<List<String>> records = new ArrayList<>();
    private List<String> record = new ArrayList<>();
    private StringBuilder field = new StringBuilder();
    private boolean started;   // whether the record has a character

    private PlainCsv(String text) {
        this.text = text;
    }

    /** @return header and rows, all of one length; empty if it is no such file */
    static Optional<List<List<String>>> read(byte[] bytes) {
        Optional<String> text = decoded(bytes);
        if (text.isEmpty() || text.get().indexOf('\0') >= 0) {
            return Optional.empty();
        }
        PlainCsv csv = new PlainCsv(text.get());
        return csv.walk() && csv.isTable() ? Optional.of(csv.records) : Optional.empty();
    }

    private static Optional<String> decoded(byte[] b) {
        Charset charset = StandardCharsets.UTF_8;
        int mark = 0;
        if (b.length >= 2 && b[0] == (byte) 0xfe && b[1] == (byte) 0xff) {
            charset = StandardCharsets.UTF_16BE;
            mark = 2;
        } else if (b.length >= 2 && b[0] == (byte) 0xff && b[1] == (byte) 0xfe) {
            charset = StandardCharsets.UTF_16LE;
            mark = 2;
        } else if (b.length >= 3 && b[0] == (byte) 0xef && b[1] == (byte) 0xbb && b[2] == (byte) 0xbf) {
            mark = 3;
        }
        try {
            return Optional.of(charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(b, mark, b.length - mark)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** @return false where a quoted field is not closed, or goes on after its end */
    private boolean walk() {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '"' && field.length() == 0 && (!started || text.charAt(i - 1) == ',')) {
                started = true;
                i = quoted(i + 1);
                if (i < 0) {
                    return false;
                }
            } else if (c == ',') {
                started = true;
                endField();
                i++;
            } else if (c == '\n' || c == '\r') {
                endRecord();
                i += c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n' ? 2 : 1;
            } else {
                started = true;
                field.append(c);
                i++;
            }
        }
        endRecord();
        return true;
    }

    /** @return where the field ends, below 0 if it does not */
    private int quoted(int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '"') {
                field.append(c);
            } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else {
                boolean ends = i + 1 == text.length() || ",\r\n".indexOf(text.charAt(i + 1)) >= 0;
                return ends ? i + 1 : -1;
            }
        }
        return -1;
    }

    private void endField() {
        record.add(field.toString());
        field = new StringBuilder();
    }

    private void endRecord() {
        if (started) {
            endField();
            records.add(record);
            record = new ArrayList<>();
            started = false;
        }
    }

    private boolean isTable() {
        if (records.size() < 2) {
            return false;
        }
        List<String> header = records.get(0);
        return header.stream().noneMatch(String::isBlank) && new HashSet<>(header).size() == header.size()
                && records.stream().allMatch(r -> r.size() == header.size()) && (header.size() == 1 || records.lastIndexOf(header) == 0);
    }
}
