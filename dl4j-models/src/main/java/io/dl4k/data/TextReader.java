package io.dl4k.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Characters of a CSV: UTF-8 with or without a byte order mark, or UTF-16 with one. Refuses what is no text: bytes outside the encoding and NUL characters.
 * The usual case, ASCII, is widened in one loop that checks for both at once.
 */
final class TextReader extends Reader {
    /** The bytes are no text. Where, is found by {@link #lineOfFault} in a second walk, so that the first need not count lines. */
    static final class NoTextException extends IOException {
        private static final long serialVersionUID = 1L;

        NoTextException(String message) {
            super(message);
        }
    }

    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final boolean counting;
    private final byte[] bytes = new byte[BUFFER];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes);
    private boolean ended;
    private boolean ascii;   // whether one byte below 128 is one character
    private CharsetDecoder decoder;
    private String charset;

    private long breaks;
    private boolean afterReturn;

    TextReader(InputStream in) throws IOException {
        this(in, false);
    }

    private TextReader(InputStream in, boolean counting) throws IOException {
        this.in = in;
        this.counting = counting;
        buffer.limit(0);
        refill();
        skipByteOrderMark();
    }

    /** The line, from 1, of the first fault in the source; 0 if it has none any more. */
    static long lineOfFault(CsvSource source) throws IOException {
        try (TextReader reader = new TextReader(source.open(), true)) {
            char[] sink = new char[BUFFER];
            try {
                while (reader.read(sink, 0, sink.length) >= 0) { }
            } catch (NoTextException e) {
                return reader.breaks + 1;
            }
            return 0;
        }
    }

    private void skipByteOrderMark() {
        int b0 = peek(0), b1 = peek(1), b2 = peek(2);
        if (b0 == 0xfe && b1 == 0xff) use(StandardCharsets.UTF_16BE, 2);
        else if (b0 == 0xff && b1 == 0xfe) use(StandardCharsets.UTF_16LE, 2);
        else use(StandardCharsets.UTF_8, b0 == 0xef && b1 == 0xbb && b2 == 0xbf ? 3 : 0);
    }

    private int peek(int i) {
        return i < buffer.limit() ? bytes[i] & 0xff : -1;
    }

    private void use(Charset charset, int markLength) {
        this.charset = charset == StandardCharsets.UTF_8 ? "UTF-8" : "UTF-16";
        ascii = charset == StandardCharsets.UTF_8;
        decoder = charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        buffer.position(markLength);
    }

    /** Moves what is left to the front and fills the buffer; a character cut by its end is whole afterwards. */
    private void refill() throws IOException {
        buffer.compact();
        while (!ended && buffer.position() < 4) {
            int n = in.read(bytes, buffer.position(), buffer.remaining());
            if (n < 0) ended = true;
            else buffer.position(buffer.position() + n);
        }
        buffer.flip();
    }

    @Override
    public int read(char[] to, int offset, int length) throws IOException {
        if (length == 0) return 0;
        while (true) {
            if (buffer.remaining() < 4 && !ended) refill();
            if (!buffer.hasRemaining() && ended) return -1;
            int n = ascii ? widen(to, offset, length) : 0;
            if (n == 0) n = decode(to, offset, length);
            if (counting) count(to, offset, n);
            if (n > 0) return n;
        }
    }

    private int widen(char[] to, int offset, int length) {
        int start = buffer.position();
        int end = start + Math.min(length, buffer.remaining());
        int i = start;
        for (int o = offset; i < end; i++, o++) {
            byte b = bytes[i];
            if (b <= 0) break;
            to[o] = (char) b;
        }
        buffer.position(i);
        return i - start;
    }

    private int decode(char[] to, int offset, int length) throws IOException {
        CharBuffer out = CharBuffer.wrap(to, offset, length);
        CoderResult result = decoder.decode(buffer, out, ended);
        int n = out.position() - offset;
        for (int i = offset; i < offset + n; i++) {
            if (to[i] == 0) {
                if (counting) count(to, offset, i - offset);
                throw new NoTextException("a NUL character: this is no text. Save the file as a CSV in UTF-8.");
            }
        }
        if (result.isError()) {
            if (counting) count(to, offset, n);
            throw new NoTextException("not valid " + charset + ". Save the file as UTF-8.");
        }
        // A pair of surrogates needs room for two: one character asked for is never enough, and the parser always asks for more.
        if (n == 0 && result.isOverflow()) throw new IOException("no room for a character in " + length);
        return n;
    }

    private void count(char[] to, int offset, int n) {
        for (int i = offset; i < offset + n; i++) {
            char c = to[i];
            if (c == '\r' || c == '\n' && !afterReturn) breaks++;
            afterReturn = c == '\r';
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
