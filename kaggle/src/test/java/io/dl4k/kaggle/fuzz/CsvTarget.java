package io.dl4k.kaggle.fuzz;

import io.dl4k.data.Column;
import io.dl4k.data.CsvParts;
import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.NumberColumn;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code Table} and {@code CsvParts}: the same rows or the same message, and the rows that {@link PlainCsv} finds. The first two bytes say how the parts are cut, the
 * others are the file.
 */
final class CsvTarget implements Target {
    private static final String NAME = "t.csv";
    private static final Set<String> MISSING = Set.of("", "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "NULL", "null", "None");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final double LARGEST_EXACT = 1L << 53;

    @Override
    public void read(byte[] input, Path folder) {
        if (input.length < 2) {
            return;
        }
        byte[] file = Arrays.copyOfRange(input, 2, input.length);
        CsvSource source = CsvSource.of(NAME, file);
        Table whole;
        try {
            whole = Table.read(source);
        } catch (DataException e) {
            requireOneLine(e);
            requireSameRefusal(e, source);
            require(isGzip(file) || PlainCsv.read(file).isEmpty(), () -> "refused, though it is a table: " + e.getMessage());
            return;
        }
        requireSameParts(whole, source, 1 + (input[0] & 7), 1 + (input[1] & 0xff));
        if (!isGzip(file)) {
            List<List<String>> plain = PlainCsv.read(file).orElseThrow(() -> new AssertionError("taken, though it is no table"));
            requireSameTexts(plain, Table.read(source, TableOptions.DEFAULT.withAsText(plain.get(0).toArray(String[]::new))));
            requireSameValues(plain, whole);
        }
    }

    private static boolean isGzip(byte[] file) {
        return file.length > 1 && file[0] == 0x1f && file[1] == (byte) 0x8b;
    }

    private static void require(boolean holds, java.util.function.Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    private static void requireOneLine(DataException e) {
        require(e.getMessage().startsWith(NAME) && e.getMessage().lines().count() == 1, () -> "no message in one line: " + e.getMessage());
    }

    private static void requireSameRefusal(DataException e, CsvSource source) {
        try (CsvParts parts = CsvParts.of(source, 1, 1)) {
            throw new AssertionError("the whole is refused, the parts have " + parts.rows() + " rows: " + e.getMessage());
        } catch (DataException of) {
            require(of.getMessage().equals(e.getMessage()), () -> "two messages: " + e.getMessage() + " and " + of.getMessage());
        }
    }

    private static void requireSameParts(Table whole, CsvSource source, int step, int characters) {
        int row = 0;
        try (CsvParts parts = CsvParts.of(source, step, characters)) {
            require(parts.rows() == whole.rows(), () -> "rows " + parts.rows() + " and " + whole.rows());
            for (Optional<CsvSource> next = parts.next(); next.isPresent(); next = parts.next()) {
                Table part = Table.read(next.get());
                require(part.columnNames().equals(whole.columnNames()), () -> "another header: " + part.columnNames());
                for (int r = 0; r < part.rows(); r++, row++) {
                    int at = row;
                    long line = part.line(r);
                    require(line == whole.line(row), () -> "row " + at + " in line " + line + " and " + whole.line(at));
                    for (String name : whole.columnNames()) {
                        Column a = whole.column(name);
                        Column b = part.column(name);
                        require(a.getClass() == b.getClass() && Objects.equals(a.text(row), b.text(r)), () -> "row " + at + " of " + name + ": " + a + " and " + b);
                    }
                }
            }
        }
        require(row == whole.rows(), () -> "rows are missing");
    }

    private static void requireSameTexts(List<List<String>> plain, Table texts) {
        require(texts.columnNames().equals(plain.get(0)) && texts.rows() == plain.size() - 1, () -> "another header or number of rows: " + texts);
        for (int row = 0; row < texts.rows(); row++) {
            for (int c = 0; c < plain.get(0).size(); c++) {
                String wanted = plain.get(row + 1).get(c);
                String found = texts.column(plain.get(0).get(c)).text(row);
                require(wanted.isEmpty() ? found == null : wanted.equals(found), () -> "expected '" + wanted + "', found '" + found + "'");
            }
        }
    }

    private static void requireSameValues(List<List<String>> plain, Table table) {
        for (int c = 0; c < plain.get(0).size(); c++) {
            int column = c;
            List<String> fields = plain.subList(1, plain.size()).stream().map(row -> row.get(column)).toList();
            boolean anySpelled = fields.stream().anyMatch(field -> !field.isEmpty() && MISSING.contains(field));
            boolean anyNumber = fields.stream().anyMatch(CsvTarget::isNumber);
            boolean numbers = fields.stream().allMatch(field -> MISSING.contains(field) || isNumber(field)) && (anyNumber || !anySpelled);
            Column found = table.column(plain.get(0).get(c));
            require(numbers == found instanceof NumberColumn, () -> "expected " + (numbers ? "numbers" : "text") + ", found " + found);
            for (int row = 0; row < fields.size(); row++) {
                String field = fields.get(row);
                if (found instanceof NumberColumn values) {
                    double wanted = MISSING.contains(field) ? Double.NaN : Double.parseDouble(field);
                    double value = values.value(row);
                    require(Double.doubleToLongBits(wanted) == Double.doubleToLongBits(value), () -> "expected " + field + ", found " + value);
                } else {
                    String text = found.text(row);
                    require(field.isEmpty() ? text == null : field.equals(text), () -> "expected '" + field + "', found '" + text + "'");
                }
            }
        }
    }

    private static boolean isNumber(String field) {
        if (!NUMBER.matcher(field).matches()) {
            return false;
        }
        double value = Double.parseDouble(field);
        boolean whole = field.matches("-?[0-9]+");
        boolean zero = field.replaceAll("[eE].*", "").matches("[-0.]*");
        return !Double.isInfinite(value) && (value != 0 || zero) && !(whole && new java.math.BigInteger(field).abs().compareTo(java.math.BigInteger.valueOf((long) LARGEST_EXACT)) > 0);
    }

    @Override
    public Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        List<String> files = new ArrayList<>(List.of("id,name,x\n1,a,0.5\n2,b,-3\n", "id,late,numbers,empty,spelled\n1,5,1,,NA\n2,6,NA,,\n3,7,,,NA\n4,x,2.5,,NA\n5,9,NaN,,\n",
                "\"a\",\"b\"\r\n\"say \"\"no\"\"\",\"two\nlines\"\r\n\r\n3,a\"b\"\"c\r", "x\n1e5\n1e400\n9007199254740993\n-0.00\n007\n", "p0,p1,p2\n0,255,7\n1,256,7\n",
                "a,b\n1,2\n1,2,3\n", "a,a\n1,2\n", "a,b\n1,\"x\n2,y\n", "\n\n a,b\n1,\u00e9\ud83d\ude00\n"));
        for (String file : files) {
            seeds.put("utf8-" + seeds.size(), joined(new byte[] {(byte) seeds.size(), 9}, file.getBytes(StandardCharsets.UTF_8)));
        }
        seeds.put("utf16", joined(new byte[] {1, 3}, files.get(2).getBytes(StandardCharsets.UTF_16)));
        seeds.put("mark", joined(new byte[] {1, 3, (byte) 0xef, (byte) 0xbb, (byte) 0xbf}, files.get(0).getBytes(StandardCharsets.UTF_8)));
        seeds.put("latin1", joined(new byte[] {1, 3}, "a,b\n1,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1)));
        seeds.put("nul", joined(new byte[] {1, 3}, "a,b\n1,\0\n".getBytes(StandardCharsets.UTF_8)));
        seeds.put("gzip", joined(new byte[] {1, 3}, Packed.gzip(files.get(1).getBytes(StandardCharsets.UTF_8))));
        return seeds;
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }

    @Override
    public List<String> words() {
        return List.of("\r\n", "\"\"", "\",\"", "\"\n\"", ",,", "\n\n", "NA", "NaN", "None", "1e400", "9007199254740993", "-0", "0.", "e-", "255", "256");
    }
}
