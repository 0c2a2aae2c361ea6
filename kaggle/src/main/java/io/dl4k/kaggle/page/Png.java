package io.dl4k.kaggle.page;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Grey images as PNG files, without the desktop classes that a headless Java may lack. The same pixels give the same bytes on the same Java. */
public final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final int BITS = 8;

    private Png() {
    }

    /**
     * Encodes.
     *
     * @param pixels row after row from the top, 0 black to 255 white, unsigned; a multiple of {@code width}
     * @throws IllegalArgumentException if they are no whole rows
     */
    public static byte[] grey(byte[] pixels, int width) {
        if (width < 1 || pixels.length == 0 || pixels.length % width != 0) {
            throw new IllegalArgumentException(pixels.length + " pixels are no whole rows of " + width);
        }
        int height = pixels.length / width;
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (DataOutputStream head = new DataOutputStream(header); DeflaterOutputStream rows = new DeflaterOutputStream(body); DataOutputStream out = new DataOutputStream(file)) {
            head.writeInt(width);
            head.writeInt(height);
            // Bits a pixel, grey, and the only compression, filter and order there are.
            head.write(new byte[] {BITS, 0, 0, 0, 0});
            for (int y = 0; y < height; y++) {
                // No filter.
                rows.write(0);
                rows.write(pixels, y * width, width);
            }
            rows.finish();
            out.write(SIGNATURE);
            chunk(out, "IHDR", header.toByteArray());
            chunk(out, "IDAT", body.toByteArray());
            chunk(out, "IEND", new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
        return file.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) sum.getValue());
    }
}
