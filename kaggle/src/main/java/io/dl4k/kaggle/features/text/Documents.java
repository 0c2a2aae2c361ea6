package io.dl4k.kaggle.features.text;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/** The terms of documents, which as objects take many times the memory of the text they are made of. */
public final class Documents {
    /** Bytes that the terms of a character take: a word of six letters and the pair that begins with it are two strings, of 56 and 64 bytes with what refers to them. */
    private static final int BYTES_PER_CHARACTER = 20;
    /** Terms are held if they take no more than one part in so many of the heap. */
    private static final int HEAP_PART = 8;

    private Documents() {
    }

    /**
     * The terms of each document: held, or, where there are too many for that, made again each time that a document is asked for.
     *
     * @param count of the documents
     * @param characters of a document's text
     * @param terms of a document, the same at every call
     */
    public static List<List<String>> of(int count, IntToLongFunction characters, IntFunction<List<String>> terms) {
        return of(count, characters, terms, Runtime.getRuntime().maxMemory() / HEAP_PART);
    }

    static List<List<String>> of(int count, IntToLongFunction characters, IntFunction<List<String>> terms, long mostBytes) {
        if (IntStream.range(0, count).mapToLong(i -> characters.applyAsLong(i)).sum() * BYTES_PER_CHARACTER <= mostBytes) {
            return IntStream.range(0, count).mapToObj(terms).toList();
        }
        return new Made(count, terms);
    }

    /** Whether asking for a document again costs nothing. */
    static boolean held(List<List<String>> documents) {
        return !(documents instanceof Made);
    }

    /** Made when asked for. */
    private static final class Made extends AbstractList<List<String>> implements RandomAccess {
        private final int count;
        private final IntFunction<List<String>> terms;

        Made(int count, IntFunction<List<String>> terms) {
            this.count = count;
            this.terms = terms;
        }

        @Override
        public List<String> get(int index) {
            return terms.apply(Objects.checkIndex(index, count));
        }

        @Override
        public int size() {
            return count;
        }
    }
}
