package io.dl4k.kaggle.auto;

import io.dl4k.data.DataException;
import io.dl4k.data.Pixels;
import io.dl4k.data.Table;
import io.dl4k.kaggle.recipe.ImageSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The images of a table whose columns are pixels. */
final class Images {
    private static final int WHITE = 255;

    private Images() {
    }

    /**
     * The names of an image's columns.
     *
     * @param names all columns of the table
     * @param file for messages
     * @throws DataException if there are fewer or more than the image has
     */
    static List<String> columns(ImageSpec images, List<String> names, String file) {
        int first = names.indexOf(images.first());
        int last = names.indexOf(images.last());
        if (first < 0 || last < first || last - first + 1 != images.size()) {
            throw DataException.in(file, "images of " + images.height() + "x" + images.width() + "x" + images.channels() + " have " + images.size() + " columns, expected from '"
                    + images.first() + "' to '" + images.last() + "', found " + (first < 0 || last < first ? "none" : String.valueOf(last - first + 1)) + ".");
        }
        return names.subList(first, last + 1);
    }

    /** The images plane after plane, white stretched to 255. @throws DataException if a value is none of a pixel */
    static Pixels of(Table table, ImageSpec images) {
        Set<String> columns = new HashSet<>(columns(images, table.columnNames(), table.name()));
        Pixels pixels = table.pixels(columns::contains);
        if (images.maximum() == WHITE && !images.interleaved()) {
            return pixels;
        }
        int area = images.height() * images.width();
        byte[] planes = new byte[Math.multiplyExact(pixels.rows(), pixels.size())];
        for (int row = 0; row < pixels.rows(); row++) {
            for (int pixel = 0; pixel < pixels.size(); pixel++) {
                int at = images.interleaved() ? pixel % images.channels() * area + pixel / images.channels() : pixel;
                planes[row * pixels.size() + at] = (byte) Math.min(WHITE, pixels.get(row, pixel) * WHITE / images.maximum());
            }
        }
        return Pixels.of(planes, pixels.size());
    }
}
