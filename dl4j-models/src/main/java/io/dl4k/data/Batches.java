package io.dl4k.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Makes sources of batches from arrays. Arrays given are not copied: leave them alone afterwards. {@code rows} names the rows to walk, in their order unless a
 * seed shuffles them; a row may come more than once. Features and targets have all rows, also those not walked.
 */
public final class Batches {
    private Batches() { }

    /**
     * Rows of numbers: features {@code [batch, width]}.
     *
     * @param features values row after row
     * @param width values of one row, at least 1
     * @throws IllegalArgumentException if the sizes do not fit together or a row does not exist
     */
    public static BatchSource ofRows(float[] features, int width, Labels labels, int[] rows, int batchSize, OptionalLong shuffleSeed) {
        int available = whole(features.length, width, "rows of " + width + " values");
        refuseSteps(labels);
        return new ArraySource(available, labels, rows, batchSize, shuffleSeed) {
            @Override
            public long bytes() {
                return (long) features.length * Float.BYTES;
            }

            @Override
            long[] featuresShape(int count, int steps) {
                return new long[] {count, width};
            }

            @Override
            void write(int epoch, int row, BatchBuffers to, int at) {
                System.arraycopy(features, row * width, to.features, at * width, width);
            }
        };
    }

    /**
     * Rows of which most values are 0, kept by the others alone: features {@code [batch, rows.width()]}, made as the batch is.
     *
     * @throws IllegalArgumentException if the sizes do not fit together or a row does not exist
     */
    public static BatchSource ofSparseRows(SparseRows features, Labels labels, int[] rows, int batchSize, OptionalLong shuffleSeed) {
        refuseSteps(labels);
        return new ArraySource(features.rows(), labels, rows, batchSize, shuffleSeed) {
            @Override
            public long bytes() {
                return features.bytes();
            }

            @Override
            long[] featuresShape(int count, int steps) {
                return new long[] {count, features.width()};
            }

            @Override
            void write(int epoch, int row, BatchBuffers to, int at) {
                features.write(row, to.features, at * features.width());
            }
        };
    }

    /**
     * Images, scaled to [0, 1] as a batch is made: features {@code [batch, channels, height, width]} or {@code [batch, height, width, channels]}.
     *
     * @param pixels {@code channels * height * width} bytes per image: one plane per channel, each row by row
     * @param seed shuffles the rows and draws the augmentation, by itself, epoch and row
     * @throws IllegalArgumentException if the sizes do not fit together, a row does not exist, or there is augmentation and no seed
     */
    public static BatchSource ofImages(Pixels pixels, Labels labels, int[] rows, int height, int width, int channels, int batchSize, OptionalLong seed,
            Augmentation augmentation, ImageLayout layout) {
        if (augmentation.erase() > Math.min(height, width))
            throw new IllegalArgumentException("erase must be at most the image's side of " + Math.min(height, width) + " pixels, got " + augmentation.erase());
        if (!augmentation.isNone() && seed.isEmpty()) throw new IllegalArgumentException("augmentation needs a seed");
        Warps warps = augmentation.isNone() ? Warps.NONE : (epoch, row) -> augmentation.draw(new CounterRandom(seed.getAsLong(), epoch, row), height, width);
        return images(pixels, labels, rows, height, width, channels, batchSize, seed, warps, layout);
    }

    /**
     * Images as {@link #ofImages(Pixels, Labels, int[], int, int, int, int, OptionalLong, Augmentation, ImageLayout)} gives them, in order, without labels, all
     * looked at in the same way.
     *
     * @throws IllegalArgumentException if the sizes do not fit together or a row does not exist
     */
    public static BatchSource ofImages(Pixels pixels, int[] rows, int height, int width, int channels, int batchSize, ImageView view, ImageLayout layout) {
        Augmentation.Warp warp = view.warp();
        Warps warps = view.equals(ImageView.SAME) ? Warps.NONE : (epoch, row) -> warp;
        return images(pixels, Labels.none(), rows, height, width, channels, batchSize, OptionalLong.empty(), warps, layout);
    }

    /** How each image is changed. */
    private interface Warps {
        Warps NONE = (epoch, row) -> null;

        /** Null: not at all. */
        Augmentation.Warp of(int epoch, int row);
    }

    private static BatchSource images(Pixels pixels, Labels labels, int[] rows, int height, int width, int channels, int batchSize, OptionalLong shuffleSeed, Warps warps,
            ImageLayout layout) {
        long size = (long) height * width * channels;
        if (height < 1 || width < 1 || channels < 1 || size != pixels.size())
            throw new IllegalArgumentException("images of " + height + "x" + width + "x" + channels + " have " + size + " pixels, the rows have " + pixels.size());
        refuseSteps(labels);
        Objects.requireNonNull(layout);
        ImageWriter writer = new ImageWriter(channels, height, width, layout);
        ThreadLocal<byte[]> images = ThreadLocal.withInitial(() -> new byte[pixels.size()]);
        return new ArraySource(pixels.rows(), labels, rows, batchSize, shuffleSeed) {
            @Override
            long[] featuresShape(int count, int steps) {
                return layout.shape(count, channels, height, width);
            }

            @Override
            void write(int epoch, int row, BatchBuffers to, int at) {
                byte[] image = images.get();
                pixels.copy(row, image, 0);
                Augmentation.Warp warp = warps.of(epoch, row);
                if (warp == null) writer.write(image, to.features, at * image.length);
                else writer.write(image, warp, to.features, at * image.length);
            }
        };
    }

    /**
     * Sequences of numbers: features {@code [batch, features, time]}, 0 after a sequence's end; masks {@code [batch, time]}, 1 where the sequence is, or no masks
     * if all sequences have all steps.
     *
     * @param values as {@code [row][time][feature]}
     * @param time steps of every row, with padding at the end, at least 1
     * @param features values of a step, at least 1
     * @param lengths steps of each row that count, in [1, time]
     * @param labels one target per row, or one per step ({@link Labels#steps})
     * @throws IllegalArgumentException if the sizes do not fit together or a row does not exist
     */
    public static BatchSource ofSequences(float[] values, int time, int features, int[] lengths, Labels labels, int[] rows, int batchSize, OptionalLong shuffleSeed) {
        if (time < 1 || features < 1) throw new IllegalArgumentException("time and features must be at least 1, got " + time + " and " + features);
        int size = Math.multiplyExact(time, features);
        int available = whole(values.length, size, "sequences of " + time + " steps of " + features + " values");
        if (lengths.length != available) throw new IllegalArgumentException("there are " + available + " sequences and " + lengths.length + " lengths");
        for (int row = 0; row < available; row++)
            if (lengths[row] < 1 || lengths[row] > time) throw new IllegalArgumentException("length of row " + row + " must be in [1, " + time + "], got " + lengths[row]);
        checkSteps(labels, time);
        boolean full = Arrays.stream(lengths).allMatch(length -> length == time);
        return new ArraySource(available, labels, rows, batchSize, shuffleSeed) {
            @Override
            public long bytes() {
                return (long) values.length * Float.BYTES;
            }

            @Override
            long[] featuresShape(int count, int steps) {
                return new long[] {count, features, time};
            }

            @Override
            long[] maskShape(int count, int steps) {
                return full ? null : new long[] {count, time};
            }

            @Override
            void write(int epoch, int row, BatchBuffers to, int at) {
                for (int t = 0; t < time; t++) {
                    boolean valid = t < lengths[row];
                    if (!full) to.mask[at * time + t] = valid ? 1 : 0;
                    for (int f = 0; f < features; f++) to.features[at * size + f * time + t] = valid ? values[row * size + t * features + f] : 0;
                }
            }
        };
    }

    /**
     * Windows over rows of numbers, such as the hours before each hour: features {@code [batch, width, steps]}, put together as a batch is made, so that rows which many
     * windows share are held once.
     *
     * @param features values row after row
     * @param width values of one row, at least 1
     * @param windows the rows of each row's window, oldest first, window after window
     * @param steps rows of a window, at least 1
     * @param labels one target per row
     * @throws IllegalArgumentException if the sizes do not fit together or a row does not exist
     */
    public static BatchSource ofWindows(float[] features, int width, int[] windows, int steps, Labels labels, int[] rows, int batchSize, OptionalLong shuffleSeed) {
        if (width < 1 || steps < 1) throw new IllegalArgumentException("width and steps must be at least 1, got " + width + " and " + steps);
        int available = whole(features.length, width, "rows of " + width + " values");
        if (windows.length != (long) available * steps)
            throw new IllegalArgumentException("there are " + available + " rows, which need " + (long) available * steps + " entries of windows, got " + windows.length);
        checkSteps(labels, steps);
        for (int row : windows) if (row < 0 || row >= available) throw new IllegalArgumentException("a window has row " + row + " of " + available);
        return new ArraySource(available, labels, rows, batchSize, shuffleSeed) {
            @Override
            public long bytes() {
                return (long) features.length * Float.BYTES + (long) windows.length * Integer.BYTES;
            }

            @Override
            long[] featuresShape(int count, int ignored) {
                return new long[] {count, width, steps};
            }

            @Override
            void write(int epoch, int row, BatchBuffers to, int at) {
                int base = at * width * steps;
                for (int t = 0; t < steps; t++) {
                    int from = windows[row * steps + t] * width;
                    for (int f = 0; f < width; f++) to.features[base + f * steps + t] = features[from + f];
                }
            }
        };
    }

    /**
     * Sequences of tokens, as Deeplearning4j's {@code EmbeddingSequenceLayer} takes them: features {@code [batch, time]}, whole numbers as floats, 0 after a
     * sequence's end; masks {@code [batch, time]}, 1 where the sequence is. Longer sequences are cut to their first {@code time} tokens. An empty one counts as
     * the one token 0, since a sequence without any step has no last step.
     *
     * @param tokens token numbers of each row, from 0 to 2^24
     * @param time steps of every row in a batch, at least 1
     * @param labels one target per row, or one per step ({@link Labels#steps})
     * @throws IllegalArgumentException if a token is out of range, the sizes do not fit together or a row does not exist
     */
    public static BatchSource ofTokens(int[][] tokens, int time, Labels labels, int[] rows, int batchSize, OptionalLong shuffleSeed) {
        checkTokens(tokens, time);
        checkSteps(labels, time);
        return new ArraySource(tokens.length, labels, rows, batchSize, shuffleSeed) {
            @Override
            public long bytes() {
                return bytesOf(tokens);
            }

            @Override
            long[] featuresShape(int count, int steps) {
                return new long[] {count, time};
            }

            @Override
            long[] maskShape(int count, int steps) {
                return new long[] {count, time};
            }

            @Override
            void write(int epoch, int row, BatchBuffers to, int at) {
                writeTokens(tokens[row], time, to, at);
            }
        };
    }

    /**
     * Sequences of tokens as {@link #ofTokens}, padded no further than each batch needs: features and masks {@code [batch, steps]}, where {@code steps} is the
     * batch's longest sequence rounded up to a multiple of {@value #STEPS_ROUNDED_TO}, since each shape of batch costs memory, and no more than {@code longest}.
     * With a seed, batches are made of rows of like length: of each {@value #BATCHES_SORTED} batches' worth of shuffled rows, sorted, whose batches are then
     * shuffled. Without one the rows keep their order.
     *
     * @param tokens token numbers of each row, from 0 to 2^24
     * @param longest steps at most; longer sequences are cut to their first ones; at least 1
     * @param labels one target per row
     * @throws IllegalArgumentException if a token is out of range, the sizes do not fit together or a row does not exist
     */
    public static BatchSource ofTokensByLength(int[][] tokens, int longest, Labels labels, int[] rows, int batchSize, OptionalLong shuffleSeed) {
        return ofTokensByLength(tokens, longest, labels, rows, batchSize, shuffleSeed, 0);
    }

    /**
     * Sequences of tokens by length, of whose tokens some are shown as token 0, drawn anew for every row and epoch: a network for which 0 is the unknown token
     * then learns to do without any single one. The other arguments are those of
     * {@link #ofTokensByLength(int[][], int, Labels, int[], int, OptionalLong)}.
     *
     * @param hidden share of the tokens shown as 0, in [0, 1); above 0 it needs a seed
     * @throws IllegalArgumentException as there, or if {@code hidden} is out of range or has no seed
     */
    public static BatchSource ofTokensByLength(int[][] tokens, int longest, Labels labels, int[] rows, int batchSize, OptionalLong shuffleSeed, double hidden) {
        if (!(hidden >= 0 && hidden < 1)) throw new IllegalArgumentException("hidden must be in [0, 1), got " + hidden);
        if (hidden > 0 && shuffleSeed.isEmpty()) throw new IllegalArgumentException("hidden tokens need a seed");
        checkTokens(tokens, longest);
        refuseSteps(labels);
        return new ArraySource(tokens.length, labels, rows, batchSize, shuffleSeed) {
            @Override
            public long bytes() {
                return bytesOf(tokens);
            }

            @Override
            int steps(int[] order, int from, int to) {
                int most = 1;
                for (int i = from; i < to; i++) most = Math.max(most, tokens[order[i]].length);
                return Math.min(longest, (most + STEPS_ROUNDED_TO - 1) / STEPS_ROUNDED_TO * STEPS_ROUNDED_TO);
            }

            @Override
            void arrange(int[] order, CounterRandom random) {
                int whole = order.length / batchSize * batchSize;   // the rows of the last, shorter batch stay where they are
                for (int from = 0; from < whole; from += BATCHES_SORTED * batchSize) {
                    int to = Math.min(whole, from + BATCHES_SORTED * batchSize);
                    int[] sorted = Arrays.stream(order, from, to).boxed().sorted(Comparator.comparingInt(row -> tokens[row].length)).mapToInt(row -> row).toArray();
                    System.arraycopy(sorted, 0, order, from, sorted.length);
                }
                int[] held = new int[batchSize];
                for (int i = whole / batchSize - 1; i > 0; i--) {
                    int j = random.nextInt(i + 1);
                    System.arraycopy(order, i * batchSize, held, 0, batchSize);
                    System.arraycopy(order, j * batchSize, order, i * batchSize, batchSize);
                    System.arraycopy(held, 0, order, j * batchSize, batchSize);
                }
            }

            @Override
            long[] featuresShape(int count, int steps) {
                return new long[] {count, steps};
            }

            @Override
            long[] maskShape(int count, int steps) {
                return new long[] {count, steps};
            }

            @Override
            void write(int epoch, int row, BatchBuffers to, int at) {
                writeTokens(tokens[row], to.steps, to, at);
                if (hidden == 0) return;
                CounterRandom random = new CounterRandom(shuffleSeed.getAsLong(), epoch, row);
                for (int t = 0; t < to.steps; t++) if (random.nextDouble() < hidden) to.features[at * to.steps + t] = 0;
            }
        };
    }

    private static long bytesOf(int[][] tokens) {
        return Arrays.stream(tokens).mapToLong(row -> ARRAY_HEADER + (long) row.length * Integer.BYTES).sum();
    }

    private static void checkTokens(int[][] tokens, int time) {
        if (time < 1) throw new IllegalArgumentException("time must be at least 1, got " + time);
        for (int row = 0; row < tokens.length; row++)
            for (int token : tokens[row])
                if (token < 0 || token > LARGEST_TOKEN) throw new IllegalArgumentException("tokens of row " + row + " must be in [0, " + LARGEST_TOKEN + "], got " + token);
    }

    private static void writeTokens(int[] sequence, int time, BatchBuffers to, int at) {
        for (int t = 0; t < time; t++) {
            to.features[at * time + t] = t < sequence.length ? sequence[t] : 0;
            to.mask[at * time + t] = t < Math.max(1, sequence.length) ? 1 : 0;
        }
    }

    /**
     * The same batches, prepared ahead on a thread of their own, one per walk. The thread ends with the walk: after the last batch, an error, or {@code close}.
     * What goes wrong on it is thrown by the {@code next} that would have given the batch. A batch is valid as {@link BatchSource.Cursor#next} says.
     *
     * @param depth batches ready ahead of the one in use, at least 1; memory is that of {@code depth + 1} batches
     * @throws IllegalArgumentException if {@code depth} is below 1
     */
    public static BatchSource prefetch(BatchSource source, int depth) {
        return prefetch(source, depth, 1);
    }

    /**
     * The same batches in the same order, prepared ahead on several threads of each walk, as {@link #prefetch(BatchSource, int)} does on one. Batches of a
     * source that was not made by this class are prepared on one.
     *
     * @param depth batches ready or being prepared ahead of the one in use, at least 1; memory is that of {@code depth + 1} batches
     * @param threads that prepare, at least 1; no more than {@code depth} have work
     * @throws IllegalArgumentException if {@code depth} or {@code threads} is below 1
     */
    public static BatchSource prefetch(BatchSource source, int depth, int threads) {
        return new PrefetchedSource(source, depth, threads);
    }

    /** Largest whole number up to which float32 holds every one. */
    private static final int LARGEST_TOKEN = 1 << 24;
    private static final int STEPS_ROUNDED_TO = 8;
    private static final int BATCHES_SORTED = 16;
    /** Bytes of an array beside its cells, and of what refers to it. */
    private static final int ARRAY_HEADER = 20;

    private static int whole(int length, int part, String what) {
        if (part < 1) throw new IllegalArgumentException("width must be at least 1, got " + part);
        if (length % part != 0) throw new IllegalArgumentException(length + " values are no whole number of " + what);
        return length / part;
    }

    private static void refuseSteps(Labels labels) {
        if (labels.time() > 1) throw new IllegalArgumentException("targets per step need sequences");
    }

    private static void checkSteps(Labels labels, int time) {
        if (labels.time() > 1 && labels.time() != time) throw new IllegalArgumentException("there are sequences of " + time + " steps and targets of " + labels.time());
    }
}
