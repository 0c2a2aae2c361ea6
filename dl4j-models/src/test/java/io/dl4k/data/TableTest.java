package io.dl4k.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
    private static Table read(String csv) {
        return read(csv, TableOptions.DEFAULT);
    }

    private static Table read(String csv, TableOptions options) {
        return read(csv.getBytes(StandardCharsets.UTF_8), options);
    }

    private static Table read(byte[] csv, TableOptions options) {
        return Table.read(io.dl4k.data.CsvSource.of("t.csv", csv), options);
    }

    private static void assertRefused(String message, String csv) {
        assertRefused(message, csv.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(String message, byte[] csv) {
        var e = assertThrows(DataException.class, () -> read(csv, TableOptions.DEFAULT));
        assertEquals(message, e.getMessage());
    }

    private static List<String> texts(Column column) {
        List<String> all = new ArrayList<>();
        for (int row = 0; row < column.size(); row++) all.add(column.text(row));
        return all;
    }

    @Test
    void read_smallTable_hasNamesRowsAndTypes() {
        Table t = read("id,name,x\n1,a,0.5\n2,b,-3\n");
        assertEquals(2, t.rows());
        assertEquals(List.of("id", "name", "x"), t.columnNames());
        assertTrue(t.has("x"));
        assertFalse(t.has("X"));
        assertEquals("b", t.text("name").value(1));
        assertArrayEquals(new double[] {0.5, -3}, t.numbers("x").toArray());
        assertEquals("t.csv", t.name());
    }

    @Test
    void read_growingValues_keepsAllThatCameBefore() {
        Table t = read("x\n0\n255\n256\n-1\n2147483648\n0.25\n");
        NumberColumn x = t.numbers("x");
        assertInstanceOf(NumberColumn.Doubles.class, x.storage());
        assertEquals(List.of("0", "255", "256", "-1", "2147483648", "0.25"), texts(x));
        assertFalse(x.isWhole());
        assertInstanceOf(NumberColumn.Bytes.class, read("x\n0\n255\n").numbers("x").storage());
        assertInstanceOf(NumberColumn.Ints.class, read("x\n0\n256\n-2147483648\n").numbers("x").storage());
        assertTrue(read("x\n1\n2147483648\n").numbers("x").isWhole());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "7", "255", "256", "-0", "-1", "2147483647", "-2147483648", "9007199254740992", "-9007199254740992", "0.0", "7.10", "-0.00", "71.2833",
        "0.1", "123456789.012345", "0.000000000000001", "99999.99999999", "0.30000000000000004", "0.00", "1.5000"})
    void read_number_printsBackAsWritten(String written) {
        Table t = read("x\n" + written + "\n");
        assertEquals(written, t.numbers("x").text(0));
        assertEquals(Double.parseDouble(written), t.numbers("x").value(0));
    }

    @ParameterizedTest
    @CsvSource({"1e5,100000", "1E-3,0.001", "-2.50e0,-2.5", "1e300,1.0E300", "-0e0,-0"})
    void read_numberWithExponent_printsShortest(String written, String printed) {
        Table t = read("x\n" + written + "\n");
        assertEquals(printed, t.numbers("x").text(0));
        assertEquals(Double.parseDouble(written), t.numbers("x").value(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"007", "00", "-01", "+5", ".5", "5.", "1e400", "1e-400", "1,5", "9007199254740993", "99999999999999999999999999", " 5", "5 ", "0x10", "1e", "1e+", "--1", "-",
        "1.5.2", "1_000", "inf", "Infinity", "12a", "1d", "1f", "٣"})
    void read_almostNumber_staysText(String written) {
        Table t = read("x\n\"" + written + "\"\n");
        assertEquals(written, t.text("x").value(0));
        var e = assertThrows(DataException.class, () -> t.numbers("x"));
        assertEquals("t.csv, line 2, column 'x': expected a number, found '" + written + "'.", e.getMessage());
        assertEquals(2, e.line());
        assertEquals("x", e.column());
        assertEquals("t.csv", e.file());
    }

    @Test
    void read_textAfterNumbers_losesNoCharacter() {
        Table t = read("a,b,c,d\n1,0.50,NA,3\n,1e1,,300\nNA,x,y,4\n007,1,NA,5\n");
        assertEquals(Arrays.asList("1", null, "NA", "007"), t.text("a").values());
        assertEquals(List.of("0.50", "1e1", "x", "1"), t.text("b").values());
        assertEquals(Arrays.asList("NA", null, "y", "NA"), t.text("c").values());
        assertArrayEquals(new double[] {3, 300, 4, 5}, t.numbers("d").toArray());
        assertEquals(1, t.column("a").missing());
    }

    @Test
    void read_textAfterEmptyFields_needsNoSecondWalk() {
        int[] opened = {0};
        var source = new io.dl4k.data.CsvSource("t.csv", () -> {
            opened[0]++;
            return new java.io.ByteArrayInputStream("a,b\n1,\n2,\n3,x\n".getBytes(StandardCharsets.UTF_8));
        });
        assertEquals(Arrays.asList(null, null, "x"), Table.read(source).text("b").values());
        assertEquals(1, opened[0]);
    }

    @Test
    void read_sourceThatChangesBetweenWalks_isRefused() {
        int[] opened = {0};
        var source = new io.dl4k.data.CsvSource("t.csv", () -> new java.io.ByteArrayInputStream((opened[0]++ == 0 ? "a\n1\nx\n" : "a\n1\nx\n2\n").getBytes(StandardCharsets.UTF_8)));
        assertEquals("t.csv: the file changed while it was read. Try again.", assertThrows(DataException.class, () -> Table.read(source)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "NULL", "null", "None"})
    void read_missingAmongNumbers_isNaN(String written) {
        for (String other : List.of("7", "700", "0.7")) {
            NumberColumn x = read("x,y\n" + other + ",1\n" + written + ",1\n").numbers("x");
            assertEquals(1, x.missing());
            assertTrue(x.isMissing(1));
            assertNull(x.text(1));
            assertTrue(Double.isNaN(x.value(1)));
            assertEquals(Double.parseDouble(other), x.value(0));
            assertArrayEquals(new double[] {Double.parseDouble(other), Double.NaN}, x.toArray());
        }
    }

    @Test
    void read_onlySpelledMissing_staysText_andConverts() {
        Table t = read("x,y\nNA,1\nNA,2\n");
        assertEquals(List.of("NA", "NA"), t.text("x").values());
        assertArrayEquals(new double[] {Double.NaN, Double.NaN}, t.numbers("x").toArray());
    }

    @Test
    void read_onlyEmpty_isMissingNumbers() {
        Table t = read("x,y\n,1\n,2\n");
        assertEquals(2, t.numbers("x").missing());
        assertEquals(Arrays.asList(null, null), t.text("x").values());
    }

    @Test
    void read_asText_keepsCharacters_andStillConverts() {
        Table t = read("id,x\n1.0,1\n02,2\n\"3e0\",3\nNA,4\n", TableOptions.DEFAULT.withAsText("id", "absent"));
        assertEquals(List.of("1.0", "02", "3e0", "NA"), t.text("id").values());
        assertEquals("t.csv, line 3, column 'id': expected a number, found '02'.", assertThrows(DataException.class, () -> t.numbers("id")).getMessage());
        assertArrayEquals(new double[] {1, 2, 3, 4}, t.numbers("x").toArray());
        NumberColumn converted = read("id\n1.0\n\"\"\n3e0\n", TableOptions.DEFAULT.withAsText("id")).numbers("id");
        assertArrayEquals(new double[] {1, Double.NaN, 3}, converted.toArray());
    }

    @Test
    void text_ofNumbers_givesThemAsWritten() {
        assertEquals(Arrays.asList("1", null, "2.50"), read("x,y\n1,\n,\n2.50,\n").text("x").values());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void read_anyLineEnd_givesTheSame(String end) {
        Table t = read(String.join(end, "a,b", "1,x", "2,\"y" + end + "z\"", "", "3,w"));
        assertEquals(3, t.rows());
        assertEquals("y" + end + "z", t.text("b").value(1));
        assertEquals(2, t.line(0));
        assertEquals(3, t.line(1));
        assertEquals(6, t.line(2));
    }

    @Test
    void line_outside_isRefused() {
        Table t = read("a\n1\n");
        assertEquals("row 1 of 1", assertThrows(IndexOutOfBoundsException.class, () -> t.line(1)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void read_byteOrderMark_isNoPartOfTheHeader(String charset) {
        Table t = read(("\ufeffid,name\n1,Zoë 𝄞 日本\n").getBytes(Charset.forName(charset)), TableOptions.DEFAULT);
        assertEquals(List.of("id", "name"), t.columnNames());
        assertEquals("Zoë 𝄞 日本", t.text("name").value(0));
    }

    @Test
    void read_manyBytesPerCharacter_survivesBufferEnds() {
        StringBuilder csv = new StringBuilder("a,b\n");
        List<String> wanted = new ArrayList<>();
        Random random = new Random(5);
        String letters = "aé日𝄞";
        for (int row = 0; row < 40_000; row++) {
            StringBuilder value = new StringBuilder("t");
            for (int i = random.nextInt(6); i >= 0; i--) value.appendCodePoint(letters.codePoints().skip(random.nextInt(4)).findFirst().orElseThrow());
            wanted.add(value.toString());
            csv.append(row % 300).append(',').append(value).append('\n');
        }
        for (String charset : List.of("UTF-8", "UTF-16LE")) {
            Table t = read(("\ufeff" + csv).getBytes(Charset.forName(charset)), TableOptions.DEFAULT);
            assertEquals(wanted, t.text("b").values());
            assertEquals(40_001, t.line(39_999));
        }
    }

    @Test
    void read_semicolons_whenAsked() {
        Table t = read("a;b\n1;1,5\n", TableOptions.DEFAULT.withSeparator(';'));
        assertEquals("1,5", t.text("b").value(0));
    }

    @ParameterizedTest
    @ValueSource(chars = {'"', '\n', 'a', '1'})
    void options_impossibleSeparator_isRefused(char separator) {
        var e = assertThrows(IllegalArgumentException.class, () -> TableOptions.DEFAULT.withSeparator(separator));
        assertEquals("separator must not be a quote, letter, digit or line end, got " + DataException.quoted("" + separator), e.getMessage());
    }

    @Test
    void read_emptyFile_isRefused() {
        assertRefused("t.csv: the file is empty: expected a header and rows.", "");
        assertRefused("t.csv: the file is empty: expected a header and rows.", "\n\n");
        assertRefused("t.csv: the file is empty: expected a header and rows.", "\ufeff");
    }

    @Test
    void read_headerOnly_isRefused() {
        assertRefused("t.csv, line 1: a header and no rows.", "a,b");
        assertRefused("t.csv, line 2: a header and no rows.", "\na,b\n\n");
    }

    @Test
    void read_raggedRow_isRefused() {
        assertRefused("t.csv, line 3: expected 2 fields as in the header, found 3.", "a,b\n1,2\n1,2,3\n");
        assertRefused("t.csv, line 2: expected 2 fields as in the header, found 1.", "a,b\n1\n");
        assertRefused("t.csv, line 4: expected 1 field as in the header, found 2.", "a\n\"x\ny\"\n1,\n");
    }

    @Test
    void read_badHeader_isRefused() {
        assertRefused("t.csv, line 1, column 'a': the name stands twice in the header, as column 1 and 3. Rename one.", "a,b,a\n1,2,3\n");
        assertRefused("t.csv, line 1: column 1 of 2 has no name. Name it, or leave it out (pandas: to_csv(index=False)).", ",b\n0,2\n");
        assertRefused("t.csv, line 1: column 2 of 2 has no name. Name it, or leave it out (pandas: to_csv(index=False)).", "a, \n0,2\n");
    }

    @Test
    void read_noText_isRefusedWithItsLine() {
        assertRefused("t.csv, line 3: not valid UTF-8. Save the file as UTF-8.", "a,b\n1,x\n2,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused("t.csv, line 2: not valid UTF-8. Save the file as UTF-8.", new byte[] {'a', '\r', '\n', (byte) 0xe2, (byte) 0x82});
        assertRefused("t.csv, line 2: a NUL character: this is no text. Save the file as a CSV in UTF-8.", "a,b\r1,\0\r");
        assertRefused("t.csv, line 2: not valid UTF-16. Save the file as UTF-8.", new byte[] {(byte) 0xff, (byte) 0xfe, 'a', 0, '\n', 0, 0x00, (byte) 0xdc, '\n', 0});
        StringBuilder late = new StringBuilder("a\n");
        for (int i = 0; i < 100_000; i++) late.append(i % 256).append('\n');
        byte[] bytes = (late + "x\n").getBytes(StandardCharsets.US_ASCII);
        bytes[bytes.length - 2] = (byte) 0xff;
        assertRefused("t.csv, line 100002: not valid UTF-8. Save the file as UTF-8.", bytes);
    }

    @Test
    void read_brokenQuotes_areRefused() {
        assertRefused("t.csv, line 2, column 'b': a quoted field is not closed before the file ends. Is the file cut off, or a quote not doubled?", "a,b\n1,\"x\n2,y\n");
        assertRefused("t.csv, line 3, column 'a': more characters after a closing quote. Double the quotes inside a quoted field.", "a,b\n1,x\n\"q\"r,y\n");
        assertRefused("t.csv, line 1: a quoted field is not closed before the file ends. Is the file cut off, or a quote not doubled?", "a,\"b");
    }

    @Test
    void read_giganticField_isRefused() {
        byte[] csv = new byte[TableReader.LONGEST_FIELD + 100];
        Arrays.fill(csv, (byte) 'x');
        System.arraycopy("a,b\n1,".getBytes(StandardCharsets.US_ASCII), 0, csv, 0, 6);
        assertRefused("t.csv, line 2, column 'b': a field of more than 16,777,216 characters. Is a quote not closed?", csv);
    }

    @Test
    void read_fullyQuotedFile_givesNumbers() {
        Table t = read("\"a\",\"b\"\n\"1\",\"say \"\"hi\"\"\"\n");
        assertEquals(1, t.numbers("a").value(0));
        assertEquals("say \"hi\"", t.text("b").value(0));
    }

    @Test
    void column_unknown_namesTheNearest() {
        Table t = read("PassengerId,Survived\n1,0\n");
        assertEquals("t.csv: no column 'survive'. Did you mean 'Survived'? Its columns are PassengerId, Survived.", assertThrows(DataException.class, () -> t.column("survive")).getMessage());
        assertEquals("t.csv: no column 'Fare'. Its columns are PassengerId, Survived.", assertThrows(DataException.class, () -> t.column("Fare")).getMessage());
    }

    /** The same random table, cell by cell, through every block, chunk and promotion. */
    @Test
    void read_randomTable_givesBackEveryCell() {
        Random random = new Random(11);
        int width = 30, rows = 40_000;
        int[] turns = new int[width];   // the row at which the column stops being bytes
        for (int c = 0; c < width; c++) turns[c] = c % 5 == 0 ? rows : random.nextInt(rows);
        String[][] cells = new String[rows][width];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < width; c++) line.append(c == 0 ? "" : ",").append("c").append(c);
        for (int row = 0; row < rows; row++) {
            out.writeBytes(line.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
            line.setLength(0);
            for (int c = 0; c < width; c++) {
                int value = random.nextInt(256);
                String cell = row < turns[c] ? "" + value : switch (c % 5) {
                    case 1 -> "" + (value * 1000 - 7);
                    case 2 -> value + "." + random.nextInt(1000);
                    case 3 -> "t" + value;
                    default -> "";
                };
                cells[row][c] = cell;
                line.append(c == 0 ? "" : ",").append(cell);
            }
        }
        out.writeBytes(line.toString().getBytes(StandardCharsets.US_ASCII));
        Table t = read(out.toByteArray(), TableOptions.DEFAULT);
        assertEquals(rows, t.rows());
        for (int c = 0; c < width; c++) {
            Column column = t.column("c" + c);
            for (int row = 0; row < rows; row++) {
                String wanted = cells[row][c].isEmpty() ? null : cells[row][c];
                if (!Objects.equals(wanted, column.text(row))) assertEquals(wanted, column.text(row), "row " + row + ", column " + c);
            }
        }
        Pixels pixels = t.pixels(name -> Integer.parseInt(name.substring(1)) % 5 == 0);   // apart from each other: gathered
        for (int row = 0; row < rows; row += 37) for (int p = 0; p < 6; p++) assertEquals(Integer.parseInt(cells[row][p * 5]), pixels.get(row, p));
    }

    @Test
    void moved_columnsOfEveryKind_haveOtherRowsValues() {
        Table t = read("id,byte,int,double,text\n1,0,1000,0.50,a\n2,,-7,1e3,b\n3,255,,,\n");
        Table moved = t.moved(java.util.Set.of("byte", "int", "double", "text"), new int[] {2, 0, 1});
        assertEquals(List.of("1", "2", "3"), texts(moved.column("id")));
        assertEquals(Arrays.asList("255", "0", null), texts(moved.column("byte")));
        assertEquals(Arrays.asList(null, "1000", "-7"), texts(moved.column("int")));
        assertEquals(Arrays.asList(null, "0.50", "1000"), texts(moved.column("double")));
        assertEquals(Arrays.asList(null, "a", "b"), texts(moved.column("text")));
        assertEquals(1, moved.column("byte").missing());
        assertEquals(Double.NaN, moved.numbers("byte").value(2));
        assertEquals(3, moved.line(1));
    }

    @Test
    void moved_pixels_areThoseOfTheOtherImage() {
        Table t = read("p0,p1,p2\n1,2,3\n4,5,6\n");
        Pixels pixels = t.moved(java.util.Set.of("p1"), new int[] {1, 0}).pixels(name -> true);
        assertArrayEquals(new byte[] {1, 5, 3}, pixels.image(0));
        assertArrayEquals(new byte[] {4, 2, 6}, pixels.image(1));
        assertEquals(5, pixels.get(0, 1));
        assertArrayEquals(new byte[] {1, 2, 3}, t.pixels(name -> true).image(0));
    }

    @Test
    void moved_fromOutside_isRefused() {
        Table t = read("a\n1\n2\n");
        assertThrows(IllegalArgumentException.class, () -> t.moved(java.util.Set.of("a"), new int[] {0, 2}));
        assertThrows(IllegalArgumentException.class, () -> t.moved(java.util.Set.of("a"), new int[] {0}));
    }

    @Test
    void pixels_neighbouringColumns_areEveryByte() {
        StringBuilder csv = new StringBuilder("label,p0,p1,p2,note\n");
        int rows = 70_000;
        for (int row = 0; row < rows; row++) csv.append(row).append(',').append(row % 256).append(',').append(row / 256 % 256).append(',').append(255 - row % 256).append(",n\n");
        Pixels pixels = read(csv.toString()).pixels(name -> name.startsWith("p"));
        assertEquals(rows, pixels.rows());
        assertEquals(3, pixels.size());
        for (int row = 0; row < rows; row++) {
            byte[] wanted = {(byte) row, (byte) (row / 256), (byte) (255 - row % 256)};
            if (!Arrays.equals(wanted, pixels.image(row))) assertArrayEquals(wanted, pixels.image(row), "row " + row);
        }
        assertEquals("image 70000 of 70000", assertThrows(IndexOutOfBoundsException.class, () -> pixels.image(rows)).getMessage());
        assertEquals("pixel 3 of 3", assertThrows(IndexOutOfBoundsException.class, () -> pixels.get(0, 3)).getMessage());
    }

    @Test
    void pixels_noByte_isRefusedWithItsPlace() {
        java.util.function.Predicate<String> p = name -> name.startsWith("p");
        assertEquals("t.csv, line 3, column 'p1': expected a pixel from 0 to 255, found '256'.",
                assertThrows(DataException.class, () -> read("p0,p1\n0,255\n1,256\n").pixels(p)).getMessage());
        assertEquals("t.csv, line 2, column 'p0': expected a pixel from 0 to 255, found nothing.",
                assertThrows(DataException.class, () -> read("p0,p1\n,255\n1,2\n").pixels(p)).getMessage());
        assertEquals("t.csv: no column of pixels. Its columns are a, b.", assertThrows(DataException.class, () -> read("a,b\n1,2\n").pixels(p)).getMessage());
        assertEquals("column 'p0' is kept as text: leave it out of asText to use it as pixels",
                assertThrows(IllegalArgumentException.class, () -> read("p0\n1\n", TableOptions.DEFAULT.withAsText("p0")).pixels(p)).getMessage());
    }

    @Test
    void message_valueOverManyLines_isOneLine() {
        var e = assertThrows(DataException.class, () -> read("x\n\"a\nb\tc\"\n").numbers("x"));
        assertEquals("t.csv, line 2, column 'x': expected a number, found 'a\\nb\\tc'.", e.getMessage());
    }

    @Test
    void read_titanic_hasItsRows() {
        try (DataFiles files = DataFiles.open(Competitions.zip("titanic.zip"))) {
            Table t = Table.read(files.require("train.csv"));
            assertEquals(891, t.rows());
            assertEquals(177, t.numbers("Age").missing());
            assertEquals(687, t.text("Cabin").missing());
            assertEquals(342, Arrays.stream(t.numbers("Survived").toArray()).sum());
            assertEquals("Braund, Mr. Owen Harris", t.text("Name").value(0));
            assertEquals("titanic.zip!train.csv", t.name());
        }
    }

    @Test
    void read_housePrices_keepsNaAsCategory() {
        try (DataFiles files = DataFiles.open(Competitions.zip("house-prices-advanced-regression-techniques.zip"))) {
            Table t = Table.read(files.require("train.csv"));
            assertEquals("NA", t.text("Alley").value(0));
            assertEquals(259, t.numbers("LotFrontage").missing());
            assertEquals(208_500, t.numbers("SalePrice").value(0));
        }
    }

    @Test
    void full_heap_saysWhatTheWholeFileNeeds() {
        OutOfMemoryError cause = new OutOfMemoryError("Java heap space");
        assertEquals("big.csv: Java's heap of 512 MiB was full after 61,000 rows, 40% of the file: all of it needs about 1,280 MiB. Give Java a larger heap (-Xmx), or use fewer rows or columns.",
                TableReader.full("big.csv", 61_000, 0.4, 512L << 20, cause).getMessage());
        assertEquals("big.csv.gz: Java's heap of 512 MiB was full after 61,000 rows. Give Java a larger heap (-Xmx), or use fewer rows or columns.",
                TableReader.full("big.csv.gz", 61_000, -1, 512L << 20, cause).getMessage());
    }
}
