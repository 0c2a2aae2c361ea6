package io.dl4k.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

@Timeout(60)
class BatchesTest {
    private static final OptionalLong UNSHUFFLED = OptionalLong.empty();
    private static final OptionalLong SEED = OptionalLong.of(7);

    private static int[] range(int n) {
        return IntStream.range(0, n).toArray();
    }

    private static float[] floats(INDArray array) {
        return array == null ? null : array.dup('c').data().asFloat();
    }

    /** Everything an epoch's batches hold, copied. */
    private static List<float[]> walk(BatchSource source, int epoch) {
        List<float[]> all = new ArrayList<>();
        try (BatchSource.Cursor cursor = source.open(epoch)) {
            for (DataSet batch = cursor.next(); batch != null; batch = cursor.next())
                for (INDArray array : new INDArray[] {batch.getFeatures(), batch.getLabels(), batch.getFeaturesMaskArray(), batch.getLabelsMaskArray()}) all.add(floats(array));
            assertNull(cursor.next());
        }
        return all;
    }

    private static void assertSameBytes(List<float[]> wanted, List<float[]> found) {
        assertEquals(wanted.size(), found.size());
        for (int i = 0; i < wanted.size(); i++) assertArrayEquals(wanted.get(i), found.get(i), 0f, "array " + i);
    }

    /** One number per row, its own index; what the walk shows is the order. */
    private static BatchSource numbered(int n, int batchSize, OptionalLong seed) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) values[i] = i;
        return Batches.ofRows(values, 1, Labels.values(values, 1), range(n), batchSize, seed);
    }

    private static float[] order(BatchSource source, int epoch) {
        List<float[]> all = walk(source, epoch);
        float[] order = new float[source.rows()];
        int at = 0;
        for (int i = 0; i < all.size(); i += 4) {
            assertArrayEquals(all.get(i), all.get(i + 1), "features and targets of a row stay together");
            System.arraycopy(all.get(i), 0, order, at, all.get(i).length);
            at += all.get(i).length;
        }
        assertEquals(order.length, at);
        return order;
    }

    private static BatchSource augmentedImages(int rows, int batchSize) {
        byte[] bytes = new byte[rows * 2 * 9 * 8];
        new Random(1).nextBytes(bytes);
        int[] y = IntStream.range(0, rows).map(i -> i % 3).toArray();
        return Batches.ofImages(Pixels.of(bytes, 2 * 9 * 8), Labels.classes(y, 3), range(rows), 9, 8, 2, batchSize, SEED, new Augmentation(1.5, 20, 0.2, 2, 0.1, 1), ImageLayout.NHWC);
    }

    @Test
    void ofRows_chosenRows_comeInOrderWithTheirTargets() {
        float[] features = {0, 1, 10, 11, 20, 21, 30, 31};
        BatchSource source = Batches.ofRows(features, 2, Labels.classes(new int[] {0, 1, 2, 1}, 3), new int[] {3, 1, 3}, 2, UNSHUFFLED);
        assertEquals(3, source.rows());
        assertEquals(2, source.batchSize());
        assertEquals(2, source.batches());
        try (BatchSource.Cursor cursor = source.open(0)) {
            DataSet first = cursor.next();
            assertArrayEquals(new long[] {2, 2}, first.getFeatures().shape());
            assertArrayEquals(new float[] {30, 31, 10, 11}, floats(first.getFeatures()));
            assertArrayEquals(new float[] {0, 1, 0, 0, 1, 0}, floats(first.getLabels()));
            assertNull(first.getFeaturesMaskArray());
            DataSet last = cursor.next();
            assertArrayEquals(new long[] {1, 2}, last.getFeatures().shape());
            assertArrayEquals(new float[] {30, 31}, floats(last.getFeatures()));
            assertEquals(2, last.getFeatures().data().length(), "a short batch is no view of a larger one");
            assertNull(cursor.next());
        }
    }

    @Test
    void ofRows_withoutTargets_hasNoLabels() {
        List<float[]> all = walk(Batches.ofRows(new float[] {1, 2}, 1, Labels.none(), range(2), 2, UNSHUFFLED), 0);
        assertArrayEquals(new float[] {1, 2}, all.get(0));
        assertNull(all.get(1));
    }

    @Test
    void open_withSeed_shufflesEveryEpochAnew_alwaysTheSame() {
        BatchSource source = numbered(103, 10, SEED);
        float[] first = order(source, 0), second = order(source, 1);
        assertFalse(Arrays.equals(first, second));
        assertArrayEquals(first, order(numbered(103, 10, SEED), 0));
        assertFalse(Arrays.equals(first, order(numbered(103, 10, OptionalLong.of(8)), 0)));
        for (float[] epoch : List.of(first, second)) {
            float[] sorted = epoch.clone();
            Arrays.sort(sorted);
            assertArrayEquals(order(numbered(103, 10, UNSHUFFLED), 0), sorted);
        }
    }

    /** Every row should be first about equally often: 5000 epochs of 5 rows, 1000 each, with 5 standard deviations of room. */
    @Test
    void open_withSeed_isFair() {
        BatchSource source = numbered(5, 5, OptionalLong.of(3));
        int[] first = new int[5];
        for (int epoch = 0; epoch < 5000; epoch++) {
            try (BatchSource.Cursor cursor = source.open(epoch)) {
                first[cursor.next().getFeatures().getInt(0)]++;
            }
        }
        for (int count : first) assertEquals(1000, count, 5 * Math.sqrt(5000 * 0.2 * 0.8));
    }

    @Test
    void open_severalWalksAtOnce_doNotMeet() {
        BatchSource source = numbered(6, 2, UNSHUFFLED);
        try (BatchSource.Cursor a = source.open(0); BatchSource.Cursor b = source.open(0)) {
            DataSet fromA = a.next();
            b.next();
            DataSet fromB = b.next();
            assertArrayEquals(new float[] {0, 1}, floats(fromA.getFeatures()));
            assertArrayEquals(new float[] {2, 3}, floats(fromB.getFeatures()));
        }
    }

    @Test
    void next_laterBatches_useTheSameMemory() {
        BatchSource source = numbered(6, 2, UNSHUFFLED);
        INDArray before;
        try (BatchSource.Cursor cursor = source.open(0)) {
            before = cursor.next().getFeatures();
            assertSame(before, cursor.next().getFeatures());
        }
        try (BatchSource.Cursor cursor = source.open(1)) {
            assertSame(before, cursor.next().getFeatures());
        }
    }

    @Test
    void next_closedCursor_isRefused() {
        for (BatchSource source : List.of(numbered(4, 2, SEED), Batches.prefetch(numbered(4, 2, SEED), 1))) {
            BatchSource.Cursor cursor = source.open(0);
            cursor.close();
            cursor.close();
            assertEquals("the cursor is closed", assertThrows(IllegalStateException.class, cursor::next).getMessage());
            assertEquals("epoch must not be negative, got -1", assertThrows(IllegalArgumentException.class, () -> source.open(-1)).getMessage());
        }
    }

    @Test
    void ofImages_twoChannels_areLaidOutAsAsked() {
        byte[] image = {0, 1, 2, 3, 4, 5, (byte) 255, (byte) 254, (byte) 253, (byte) 252, (byte) 251, (byte) 250};   // planes of 2x3
        for (ImageLayout layout : ImageLayout.values()) {
            BatchSource source = Batches.ofImages(Pixels.of(image, 12), Labels.none(), range(1), 2, 3, 2, 4, UNSHUFFLED, Augmentation.NONE, layout);
            try (BatchSource.Cursor cursor = source.open(0)) {
                INDArray batch = cursor.next().getFeatures();
                for (int c = 0; c < 2; c++)
                    for (int y = 0; y < 2; y++)
                        for (int x = 0; x < 3; x++)
                            assertEquals((image[c * 6 + y * 3 + x] & 0xff) / 255f, layout == ImageLayout.NCHW ? batch.getFloat(0, c, y, x) : batch.getFloat(0, y, x, c));
            }
        }
    }

    private static final Augmentation.Warp STILL = new Augmentation.Warp(0, 0, 0, 1, 0, 0, 0);

    private static byte[] randomImage(int size) {
        byte[] image = new byte[size];
        new Random(2).nextBytes(image);
        return image;
    }

    @ParameterizedTest
    @EnumSource(ImageLayout.class)
    void warp_nothing_changesNothing(ImageLayout layout) {
        byte[] image = randomImage(3 * 7 * 6);
        float[] plain = new float[image.length + 5], warped = new float[image.length + 5];
        ImageWriter writer = new ImageWriter(3, 7, 6, layout);
        writer.write(image, plain, 5);
        writer.write(image, STILL, warped, 5);
        assertArrayEquals(plain, warped, 0f);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "0,-1", "2,3", "-4,1", "0,7", "-9,-9"})
    void warp_wholePixels_equalsShiftByHand(int right, int down) {
        int height = 7, width = 6;
        byte[] image = randomImage(height * width);
        float[] warped = new float[image.length];
        new ImageWriter(1, height, width, ImageLayout.NCHW).write(image, new Augmentation.Warp(right, down, 0, 1, 0, 0, 0), warped, 0);
        float[] shifted = new float[image.length];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                if (y - down >= 0 && y - down < height && x - right >= 0 && x - right < width) shifted[y * width + x] = (image[(y - down) * width + x - right] & 0xff) / 255f;
        assertArrayEquals(shifted, warped, 0f);
    }

    @Test
    void warp_quarterPixel_isBetweenNeighbours() {
        byte[] image = {0, 100, (byte) 200};
        float[] warped = new float[3];
        new ImageWriter(1, 1, 3, ImageLayout.NCHW).write(image, new Augmentation.Warp(0.25, 0, 0, 1, 0, 0, 0), warped, 0);
        assertArrayEquals(new float[] {0, 75 / 255f, 175 / 255f}, warped, 1e-6f);
    }

    @Test
    void warp_quarterTurn_turnsThePixels() {
        byte[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        float[] turned = new float[9];
        new ImageWriter(1, 3, 3, ImageLayout.NCHW).write(image, new Augmentation.Warp(0, 0, 90, 1, 0, 0, 0), turned, 0);
        byte[] wanted = {7, 4, 1, 8, 5, 2, 9, 6, 3};   // clockwise, as y points down
        for (int i = 0; i < 9; i++) assertEquals(wanted[i] / 255f, turned[i], 1e-6f);
    }

    @Test
    void warp_doubleSize_spreadsThePixels() {
        byte[] image = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        float[] grown = new float[25];
        new ImageWriter(1, 5, 5, ImageLayout.NCHW).write(image, new Augmentation.Warp(0, 0, 0, 2, 0, 0, 0), grown, 0);
        int[] row = {0, 0, 20, 40, 20, 0, 0};
        for (int x = 0; x < 5; x++) assertEquals(row[x + 1] / 255f, grown[5 + x], 1e-6f);
        assertEquals(80 / 255f, grown[12], 1e-6f);
    }

    @Test
    void warp_erase_setsTheSquareToZero() {
        byte[] image = new byte[16];
        Arrays.fill(image, (byte) 255);
        float[] erased = new float[16];
        new ImageWriter(1, 4, 4, ImageLayout.NCHW).write(image, new Augmentation.Warp(0, 0, 0, 1, 1, 2, 2), erased, 0);
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1}, erased);
    }

    @Test
    void warp_slant_movesRowsAgainstEachOther() {
        byte[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        float[] slanted = new float[9];
        new ImageWriter(1, 3, 3, ImageLayout.NCHW).write(image, new Augmentation.Warp(0, 0, 0, 1, 0, 0, 0, 1, Bend.NONE), slanted, 0);
        byte[] wanted = {0, 1, 2, 4, 5, 6, 8, 9, 0};
        for (int i = 0; i < 9; i++) assertEquals(wanted[i] / 255f, slanted[i], 0f);
    }

    /** The splines of any point sum to 1. */
    @Test
    void warp_bendTheSameEverywhere_isAShift() {
        byte[] image = randomImage(2 * 9 * 7);
        double[] moves = new double[2 * Bend.NODES * Bend.NODES];
        Arrays.fill(moves, 0, moves.length / 2, 2);
        Arrays.fill(moves, moves.length / 2, moves.length, -1);
        float[] bent = new float[image.length], shifted = new float[image.length];
        ImageWriter writer = new ImageWriter(2, 9, 7, ImageLayout.NHWC);
        writer.write(image, new Augmentation.Warp(0, 0, 0, 1, 0, 0, 0, 0, new Bend(moves)), bent, 0);
        writer.write(image, new Augmentation.Warp(-2, 1, 0, 1, 0, 0, 0), shifted, 0);
        assertArrayEquals(shifted, bent, 1e-5f);
    }

    /** Cubic B-splines give straight lines back: each node a third further than the one before stretches the image evenly. */
    @Test
    void bend_nodesOnALine_movePointsOnThatLine() {
        double[] moves = new double[2 * Bend.NODES * Bend.NODES];
        for (int node = 0; node < moves.length / 2; node++) {
            moves[node] = node % Bend.NODES - 1;
            moves[moves.length / 2 + node] = 10 * (node / Bend.NODES - 1);
        }
        Bend.Axis rows = new Bend.Axis(13), columns = new Bend.Axis(28);
        for (int y = 0; y < 13; y++) {
            double[] along = new Bend(moves).along(rows, y);
            for (int x = 0; x < 28; x++) {
                assertEquals(x * Bend.CELLS / 27.0, Bend.right(along, columns, x), 1e-12);
                assertEquals(10 * y * Bend.CELLS / 12.0, Bend.down(along, columns, x), 1e-12);
            }
        }
    }

    @Test
    void draw_slantAndBend_stayInRange_andLeaveTheOtherDrawsAlone() {
        Augmentation plain = new Augmentation(2, 10, 0.1, 3);
        Augmentation both = plain.withShear(0.2).withBend(1.5);
        Bend.Axis axis = new Bend.Axis(8);
        double steepest = 0, furthest = 0;
        for (int row = 0; row < 500; row++) {
            Augmentation.Warp warp = both.draw(new CounterRandom(1, 2, row), 8, 8);
            Augmentation.Warp without = plain.draw(new CounterRandom(1, 2, row), 8, 8);
            assertEquals(without.right(), warp.right());
            assertEquals(without.eraseTop(), warp.eraseTop());
            assertTrue(without.slant() == 0);
            assertSame(Bend.NONE, without.bend());
            steepest = Math.max(steepest, Math.abs(warp.slant()));
            double[] along = warp.bend().along(axis, 3);
            for (int x = 0; x < 8; x++) furthest = Math.max(furthest, Math.max(Math.abs(Bend.right(along, axis, x)), Math.abs(Bend.down(along, axis, x))));
        }
        assertTrue(steepest <= 0.2 && steepest > 0.19);
        assertTrue(furthest <= 1.5 && furthest > 0.75, "furthest " + furthest);
    }

    @Test
    void draw_manyTimes_staysInRange_andReachesIt() {
        Augmentation augmentation = new Augmentation(2, 10, 0.1, 3);
        double[] most = new double[4];
        int[] corner = new int[2];
        for (int row = 0; row < 2000; row++) {
            Augmentation.Warp warp = augmentation.draw(new CounterRandom(1, 2, row), 8, 9);
            double[] drawn = {Math.abs(warp.right()) / 2, Math.abs(warp.down()) / 2, Math.abs(warp.degrees()) / 10, Math.abs(warp.size() - 1) / 0.1};
            for (int i = 0; i < 4; i++) {
                assertTrue(drawn[i] <= 1 + 1e-9);
                most[i] = Math.max(most[i], drawn[i]);
            }
            assertTrue(warp.eraseLeft() >= 0 && warp.eraseLeft() <= 6 && warp.eraseTop() >= 0 && warp.eraseTop() <= 5 && warp.eraseSide() == 3);
            corner[0] = Math.max(corner[0], warp.eraseLeft());
            corner[1] = Math.max(corner[1], warp.eraseTop());
        }
        for (double m : most) assertTrue(m > 0.99);
        assertArrayEquals(new int[] {6, 5}, corner);
    }

    @Test
    void ofImages_augmented_dependsOnSeedEpochAndRowOnly() {
        byte[] bytes = randomImage(20 * 64);
        Augmentation augmentation = new Augmentation(2, 10, 0.1, 0);
        BatchSource all = Batches.ofImages(Pixels.of(bytes, 64), Labels.none(), range(20), 8, 8, 1, 20, SEED, augmentation, ImageLayout.NCHW);
        BatchSource one = Batches.ofImages(Pixels.of(bytes, 64), Labels.none(), new int[] {13}, 8, 8, 1, 1, SEED, augmentation, ImageLayout.NCHW);
        float[] alone = walk(one, 4).get(0);
        float[] together = walk(all, 4).get(0);
        boolean found = false;
        for (int i = 0; i < 20; i++) found |= Arrays.equals(alone, Arrays.copyOfRange(together, i * 64, i * 64 + 64));
        assertTrue(found, "row 13 is drawn alike, whatever rows come with it and wherever the shuffle puts it");
        assertFalse(Arrays.equals(alone, walk(one, 5).get(0)));
    }

    @Test
    void ofImages_view_isTheSameForAllImages_inTheirOrder() {
        byte[] bytes = randomImage(3 * 20);
        Pixels pixels = Pixels.of(bytes, 20);
        int[] rows = {2, 0};
        List<float[]> plain = walk(Batches.ofImages(pixels, Labels.none(), rows, 4, 5, 1, 1, UNSHUFFLED, Augmentation.NONE, ImageLayout.NCHW), 0);
        assertSameBytes(plain, walk(Batches.ofImages(pixels, rows, 4, 5, 1, 1, ImageView.SAME, ImageLayout.NCHW), 0));
        List<float[]> moved = walk(Batches.ofImages(pixels, rows, 4, 5, 1, 1, ImageView.shifted(1, -2), ImageLayout.NCHW), 3);
        for (int i = 0; i < 2; i++)
            for (int y = 0; y < 4; y++)
                for (int x = 0; x < 5; x++) assertEquals(x > 0 && y < 2 ? plain.get(4 * i)[(y + 2) * 5 + x - 1] : 0, moved.get(4 * i)[y * 5 + x], "row " + rows[i] + " at " + y + ", " + x);
    }

    @Test
    void ofImages_view_turnsAndScalesAsAugmentationDoes() {
        byte[] image = randomImage(30);
        float[] wanted = new float[30];
        new ImageWriter(1, 5, 6, ImageLayout.NHWC).write(image, new Augmentation.Warp(0.5, -0.25, 7, 1.2, 0, 0, 0), wanted, 0);
        List<float[]> found = walk(Batches.ofImages(Pixels.of(image, 30), range(1), 5, 6, 1, 1, new ImageView(0.5, -0.25, 7, 1.2), ImageLayout.NHWC), 0);
        assertArrayEquals(wanted, found.get(0), 0f);
    }

    @Test
    void imageView_outOfRange_isRefused() {
        assertRefused("right must be finite, got NaN", () -> ImageView.shifted(Double.NaN, 0));
        assertRefused("down must be finite, got -Infinity", () -> ImageView.shifted(0, Double.NEGATIVE_INFINITY));
        assertRefused("degrees must be in [-180, 180], got 181.0", () -> new ImageView(0, 0, 181, 1));
        assertRefused("size must be above 0 and finite, got 0.0", () -> new ImageView(0, 0, 0, 0));
    }

    @Test
    void ofWindows_rowsOfAWindow_areStepsOldestFirst() {
        BatchSource source = Batches.ofWindows(new float[] {1, 10, 2, 20, 3, 30}, 2, new int[] {0, 0, 0, 1, 1, 2}, 2, Labels.values(new float[] {5, 6, 7}, 1), new int[] {2, 1}, 2, UNSHUFFLED);
        try (BatchSource.Cursor cursor = source.open(0)) {
            DataSet batch = cursor.next();
            assertArrayEquals(new long[] {2, 2, 2}, batch.getFeatures().shape());
            assertArrayEquals(new float[] {2, 3, 20, 30, 1, 2, 10, 20}, floats(batch.getFeatures()));
            assertArrayEquals(new float[] {7, 6}, floats(batch.getLabels()));
            assertNull(batch.getFeaturesMaskArray());
        }
    }

    @Test
    void ofSequences_differentLengths_arePaddedAndMasked() {
        float[] values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};   // 2 rows of 3 steps of 2
        BatchSource source = Batches.ofSequences(values, 3, 2, new int[] {3, 1}, Labels.values(new float[] {0.5f, 1.5f}, 1), range(2), 2, UNSHUFFLED);
        try (BatchSource.Cursor cursor = source.open(0)) {
            DataSet batch = cursor.next();
            assertArrayEquals(new long[] {2, 2, 3}, batch.getFeatures().shape());
            assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6, 7, 0, 0, 8, 0, 0}, floats(batch.getFeatures()));
            assertArrayEquals(new long[] {2, 3}, batch.getFeaturesMaskArray().shape());
            assertArrayEquals(new float[] {1, 1, 1, 1, 0, 0}, floats(batch.getFeaturesMaskArray()));
            assertArrayEquals(new long[] {2, 1}, batch.getLabels().shape());
            assertNull(batch.getLabelsMaskArray());
        }
    }

    @Test
    void ofSequences_targetsPerStep_areMaskedToo() {
        BatchSource source = Batches.ofSequences(new float[] {1, 2, 3, 4}, 2, 1, new int[] {1, 2}, Labels.steps(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2), range(2), 2, UNSHUFFLED);
        try (BatchSource.Cursor cursor = source.open(0)) {
            DataSet batch = cursor.next();
            assertArrayEquals(new long[] {2, 2, 2}, batch.getLabels().shape());
            assertArrayEquals(new float[] {1, 3, 2, 4, 5, 7, 6, 8}, floats(batch.getLabels()));
            assertArrayEquals(new float[] {1, 0, 1, 1}, floats(batch.getLabelsMaskArray()));
        }
    }

    @Test
    void ofTokens_shortLongAndEmpty_arePaddedCutAndMasked() {
        BatchSource source = Batches.ofTokens(new int[][] {{5, 6}, {1, 2, 3, 4}, {}}, 3, Labels.none(), range(3), 3, UNSHUFFLED);
        try (BatchSource.Cursor cursor = source.open(0)) {
            DataSet batch = cursor.next();
            assertArrayEquals(new long[] {3, 3}, batch.getFeatures().shape());
            assertArrayEquals(new float[] {5, 6, 0, 1, 2, 3, 0, 0, 0}, floats(batch.getFeatures()));
            assertArrayEquals(new float[] {1, 1, 0, 1, 1, 1, 1, 0, 0}, floats(batch.getFeaturesMaskArray()));
        }
    }

    @Test
    void ofTokensByLength_unshuffled_keepsTheOrderAndPadsEachBatchToItsLongest() {
        int[][] tokens = {{1}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {}, {4, 4}};
        try (BatchSource.Cursor cursor = Batches.ofTokensByLength(tokens, 12, Labels.none(), range(4), 2, UNSHUFFLED).open(0)) {
            DataSet batch = cursor.next();
            assertArrayEquals(new long[] {2, 12}, batch.getFeatures().shape(), "9 rounded up to 16, but 12 at most");
            assertArrayEquals(new float[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0}, floats(batch.getFeatures()));
            batch = cursor.next();
            assertArrayEquals(new float[] {0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 0, 0, 0, 0, 0, 0}, floats(batch.getFeatures()));
            assertArrayEquals(new float[] {1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0}, floats(batch.getFeaturesMaskArray()));
        }
    }

    /** Every row once an epoch, like lengths together, another order each epoch, the same bytes on several threads. */
    @Test
    void ofTokensByLength_shuffled_gathersLikeLengths() {
        Random random = new Random(5);
        int[][] tokens = new int[403][];
        for (int row = 0; row < tokens.length; row++) {
            tokens[row] = new int[1 + random.nextInt(40)];
            tokens[row][0] = row;
        }
        BatchSource source = Batches.ofTokensByLength(tokens, 40, Labels.none(), range(403), 8, SEED);
        List<List<Integer>> epochs = new ArrayList<>();
        for (int epoch = 0; epoch < 2; epoch++) {
            List<Integer> seen = new ArrayList<>();
            double valid = 0, cells = 0;
            try (BatchSource.Cursor cursor = source.open(epoch)) {
                for (DataSet batch = cursor.next(); batch != null; batch = cursor.next()) {
                    for (int i = 0; i < batch.getFeatures().size(0); i++) seen.add((int) batch.getFeatures().getDouble(i, 0));
                    valid += batch.getFeaturesMaskArray().sumNumber().doubleValue();
                    cells += batch.getFeatures().length();
                }
            }
            assertEquals(range(403).length, seen.stream().distinct().count());
            assertTrue(valid / cells > 0.75, valid + " of " + cells + " cells are tokens");
            epochs.add(seen);
        }
        assertNotEquals(epochs.get(0), epochs.get(1));
        assertSameBytes(walk(source, 1), walk(Batches.prefetch(source, 4, 3), 1));
    }

    @Test
    void ofTokensByLength_hiddenTokens_areDrawnAnewEachEpoch() {
        int[][] tokens = IntStream.range(0, 50).mapToObj(row -> IntStream.range(0, 20).map(t -> 7).toArray()).toArray(int[][]::new);
        BatchSource source = Batches.ofTokensByLength(tokens, 20, Labels.none(), range(50), 50, SEED, 0.2);
        List<float[]> epochs = new ArrayList<>();
        for (int epoch = 0; epoch < 2; epoch++) {
            try (BatchSource.Cursor cursor = source.open(epoch)) {
                DataSet batch = cursor.next();
                epochs.add(floats(batch.getFeatures()));
                assertEquals(0.8 * 7, batch.getFeatures().meanNumber().doubleValue(), 0.4);
                assertEquals(1, batch.getFeaturesMaskArray().minNumber().doubleValue(), "a hidden token is there, but unknown");
            }
        }
        assertFalse(Arrays.equals(epochs.get(0), epochs.get(1)));
        assertSameBytes(walk(source, 1), walk(Batches.prefetch(source, 2, 2), 1));
        assertRefused("hidden must be in [0, 1), got 1.0", () -> Batches.ofTokensByLength(tokens, 20, Labels.none(), range(50), 50, SEED, 1));
        assertRefused("hidden tokens need a seed", () -> Batches.ofTokensByLength(tokens, 20, Labels.none(), range(50), 50, UNSHUFFLED, 0.1));
    }

    @Test
    void ofSparseRows_rows_areWrittenInFull() {
        SparseRows rows = SparseRows.builder(4).value(1, 2).value(3, -1).endRow().endRow().value(0, 5).endRow().build();
        try (BatchSource.Cursor cursor = Batches.ofSparseRows(rows, Labels.classes(new int[] {0, 1, 1}, 2), new int[] {2, 0, 1, 0}, 2, UNSHUFFLED).open(0)) {
            assertArrayEquals(new float[] {5, 0, 0, 0, 0, 2, 0, -1}, floats(cursor.next().getFeatures()));
            DataSet batch = cursor.next();
            assertArrayEquals(new float[] {0, 0, 0, 0, 0, 2, 0, -1}, floats(batch.getFeatures()), "what an earlier batch left is cleared");
            assertArrayEquals(new float[] {0, 1, 1, 0}, floats(batch.getLabels()));
        }
        assertEquals(-1, rows.get(0, 3));
        assertEquals(0, rows.get(1, 3));
        assertRefused("column of row 0 must be in [2, 4), got 1", () -> SparseRows.builder(4).value(1, 1).value(1, 1));
        assertRefused("value of row 0, column 1 must be finite, got NaN", () -> SparseRows.builder(4).value(1, Float.NaN));
    }

    /** Small, since stock recurrent layers are slow: pooling sees masks too. */
    private static MultiLayerNetwork tokenNetwork(boolean perStep) {
        var list = new NeuralNetConfiguration.Builder().seed(1).updater(new Adam(0.05)).list()
                .layer(new EmbeddingSequenceLayer.Builder().nIn(10).nOut(6).inputLength(4).build());
        if (perStep) list.layer(new LSTM.Builder().nOut(5).build()).layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE).activation(Activation.IDENTITY).nOut(1).build());
        else list.layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).build()).layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT).activation(Activation.SOFTMAX).nOut(2).build());
        MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(InputType.recurrent(10, 4)).build());
        net.init();
        return net;
    }

    /** Stock Deeplearning4j takes the batches, learns from them, and does not see what is behind the mask. */
    @Test
    void ofTokens_stockEmbedding_learnsAndHonoursMasks() {
        int[][] tokens = {{3, 1}, {3, 2, 4}, {5}, {6, 2, 3, 1}, {5, 5}, {6, 4, 4}};
        int[] y = {0, 0, 1, 0, 1, 1};
        BatchSource source = Batches.prefetch(Batches.ofTokens(tokens, 4, Labels.classes(y, 2), range(6), 4, SEED), 2);
        MultiLayerNetwork net = tokenNetwork(false);
        double first = 0, last = 0;
        for (int epoch = 0; epoch < 40; epoch++) {
            double sum = 0;
            try (BatchSource.Cursor cursor = source.open(epoch)) {
                for (DataSet batch = cursor.next(); batch != null; batch = cursor.next()) {
                    net.fit(batch);
                    sum += net.score();
                }
            }
            if (epoch == 0) first = sum;
            last = sum;
        }
        assertTrue(last < first / 10, "loss " + first + " -> " + last);
        try (BatchSource.Cursor cursor = Batches.ofTokens(new int[][] {{3, 2, 4}}, 4, Labels.none(), range(1), 1, UNSHUFFLED).open(0)) {
            DataSet batch = cursor.next();
            INDArray clean = net.output(batch.getFeatures(), false, batch.getFeaturesMaskArray(), null).dup();
            batch.getFeatures().putScalar(0, 3, 9);   // behind the mask
            assertEquals(clean, net.output(batch.getFeatures(), false, batch.getFeaturesMaskArray(), null));
        }
    }

    @Test
    void ofTokens_targetsPerStep_trainStockNetwork() {
        BatchSource source = Batches.ofTokens(new int[][] {{3, 1}, {3, 2, 4}}, 4, Labels.steps(new float[] {1, 2, 0, 0, 1, 3, 4, 0}, 4, 1), range(2), 2, UNSHUFFLED);
        MultiLayerNetwork net = tokenNetwork(true);
        try (BatchSource.Cursor cursor = source.open(0)) {
            net.fit(cursor.next());
        }
        assertTrue(Double.isFinite(net.score()));
    }

    /** Training on lent memory is the same as training on copies: Deeplearning4j keeps nothing of a batch beyond its step. */
    @Test
    void fit_onLentBatches_equalsFitOnCopies() {
        MultiLayerNetwork[] nets = {tokenNetwork(false), tokenNetwork(false)};
        Random random = new Random(4);
        int[][] tokens = new int[40][];
        int[] y = new int[40];
        for (int row = 0; row < 40; row++) {
            tokens[row] = random.ints(1 + random.nextInt(4), 0, 10).toArray();
            y[row] = random.nextInt(2);
        }
        BatchSource source = Batches.ofTokens(tokens, 4, Labels.classes(y, 2), range(40), 6, SEED);
        for (int epoch = 0; epoch < 3; epoch++) {
            try (BatchSource.Cursor lent = Batches.prefetch(source, 3).open(epoch); BatchSource.Cursor copied = source.open(epoch)) {
                for (DataSet batch = lent.next(); batch != null; batch = lent.next()) {
                    nets[0].fit(batch);
                    nets[1].fit(copied.next().copy());
                }
            }
        }
        assertEquals(nets[1].params(), nets[0].params());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 50})
    void prefetch_anyDepth_givesTheSameBytes(int depth) {
        for (int epoch = 0; epoch < 3; epoch++) assertSameBytes(walk(augmentedImages(50, 8), epoch), walk(Batches.prefetch(augmentedImages(50, 8), depth), epoch));
    }

    @ParameterizedTest
    @CsvSource({"1,2", "2,2", "4,3", "9,4", "50,8"})
    void prefetch_severalThreads_giveTheSameBytesInOrder(int depth, int threads) {
        for (int epoch = 0; epoch < 3; epoch++)
            assertSameBytes(walk(augmentedImages(50, 4), epoch), walk(Batches.prefetch(augmentedImages(50, 4), depth, threads), epoch));
    }

    /** The row that one thread cannot prepare is reached after the good batches, though other threads are past it. */
    @Test
    void prefetch_severalThreads_failWhereTheBatchIsMissing() {
        var failing = new ArraySource(20, Labels.none(), range(20), 2, UNSHUFFLED) {
            @Override
            long[] featuresShape(int count, int steps) {
                return new long[] {count, 1};
            }

            @Override
            void write(int epoch, int row, BatchBuffers to, int at) {
                if (row == 9) throw new IllegalStateException("row 9");
                to.features[at] = row;
            }
        };
        for (int repeat = 0; repeat < 20; repeat++) {
            try (BatchSource.Cursor cursor = Batches.prefetch(failing, 5, 3).open(0)) {
                for (int batch = 0; batch < 4; batch++) assertArrayEquals(new float[] {2 * batch, 2 * batch + 1}, floats(cursor.next().getFeatures()));
                assertEquals("row 9", assertThrows(IllegalStateException.class, cursor::next).getMessage());
                assertEquals("row 9", assertThrows(IllegalStateException.class, cursor::next).getMessage());
            }
        }
        assertEquals(0, preparingThreads());
    }

    @Test
    void prefetch_foreignSource_isCopied() {
        BatchSource plain = numbered(30, 4, SEED);
        BatchSource foreign = new BatchSource() {
            @Override
            public int rows() {
                return plain.rows();
            }

            @Override
            public int batchSize() {
                return plain.batchSize();
            }

            @Override
            public Cursor open(int epoch) {
                return plain.open(epoch);
            }
        };
        BatchSource ahead = Batches.prefetch(foreign, 3);
        assertEquals(8, ahead.batches());
        assertSameBytes(walk(plain, 1), walk(ahead, 1));
    }

    @Test
    void prefetch_batchInUse_staysWhileOthersAreMade() {
        BatchSource source = Batches.prefetch(numbered(1000, 2, UNSHUFFLED), 4);
        try (BatchSource.Cursor cursor = source.open(0)) {
            for (int batch = 0; batch < 500; batch++) {
                INDArray features = cursor.next().getFeatures();
                Thread.yield();
                assertArrayEquals(new float[] {2 * batch, 2 * batch + 1}, floats(features));
            }
        }
    }

    private static final class FailingSource implements BatchSource {
        private final Throwable failure;
        private volatile boolean closed;

        FailingSource(Throwable failure) {
            this.failure = failure;
        }

        @Override
        public int rows() {
            return 4;
        }

        @Override
        public int batchSize() {
            return 1;
        }

        @Override
        public Cursor open(int epoch) {
            return new Cursor() {
                private int count;

                @Override
                public DataSet next() {
                    if (count++ < 2) return new DataSet(Nd4j.scalar(count).reshape(1, 1), null);
                    if (failure instanceof Error error) throw error;
                    throw (RuntimeException) failure;
                }

                @Override
                public void close() {
                    closed = true;
                }
            };
        }
    }

    @Test
    void prefetch_failure_reachesTheConsumerAfterTheGoodBatches() {
        for (Throwable failure : List.of(new IllegalStateException("no more"), new OutOfMemoryError("test"))) {
            FailingSource source = new FailingSource(failure);
            try (BatchSource.Cursor cursor = Batches.prefetch(source, 3).open(0)) {
                assertEquals(1, cursor.next().getFeatures().getInt(0));
                assertEquals(2, cursor.next().getFeatures().getInt(0));
                assertSame(failure, assertThrows(Throwable.class, cursor::next));
                assertSame(failure, assertThrows(Throwable.class, cursor::next));
            }
            assertTrue(source.closed);
        }
    }

    private static long preparingThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("dl4k-batches") && t.isAlive()).count();
    }

    @Test
    void prefetch_closedAnywhere_leavesNoThread() {
        assertEquals(0, preparingThreads());
        BatchSource source = Batches.prefetch(augmentedImages(64, 4), 2);
        for (int taken = 0; taken <= source.batches() + 1; taken++) {
            BatchSource.Cursor cursor = source.open(0);
            for (int i = 0; i < taken; i++) cursor.next();
            cursor.close();
            assertEquals(0, preparingThreads(), "after " + taken + " batches");
        }
        assertSameBytes(walk(augmentedImages(64, 4), 2), walk(source, 2));
    }

    @Test
    void prefetch_consumerInterrupted_getsItsBatchAndKeepsTheFlag() {
        BatchSource.Cursor cursor = Batches.prefetch(numbered(4, 2, UNSHUFFLED), 1).open(0);
        Thread.currentThread().interrupt();
        DataSet batch = cursor.next();
        cursor.close();
        assertTrue(Thread.interrupted());
        assertNotEquals(null, batch);
        assertEquals(0, preparingThreads());
    }

    private static void assertRefused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void sources_wrongArguments_areRefused() {
        Labels none = Labels.none();
        float[] six = new float[6];
        assertRefused("6 values are no whole number of rows of 4 values", () -> Batches.ofRows(six, 4, none, range(1), 1, SEED));
        assertRefused("width must be at least 1, got 0", () -> Batches.ofRows(six, 0, none, range(1), 1, SEED));
        assertRefused("batchSize must be at least 1, got 0", () -> Batches.ofRows(six, 2, none, range(1), 0, SEED));
        assertRefused("rows must not be empty", () -> Batches.ofRows(six, 2, none, range(0), 1, SEED));
        assertRefused("row 3 is outside the 3 rows there are", () -> Batches.ofRows(six, 2, none, range(4), 1, SEED));
        assertRefused("there are features of 3 rows and targets of 2", () -> Batches.ofRows(six, 2, Labels.values(new float[2], 1), range(2), 1, SEED));
        assertRefused("targets per step need sequences", () -> Batches.ofRows(six, 6, Labels.steps(new float[2], 2, 1), range(1), 1, SEED));
        Pixels pixels = Pixels.of(new byte[12], 6);
        assertRefused("images of 2x2x1 have 4 pixels, the rows have 6", () -> Batches.ofImages(pixels, none, range(2), 2, 2, 1, 1, SEED, Augmentation.NONE, ImageLayout.NCHW));
        assertRefused("augmentation needs a seed", () -> Batches.ofImages(pixels, none, range(2), 2, 3, 1, 1, UNSHUFFLED, Augmentation.NONE.withShift(1), ImageLayout.NCHW));
        assertRefused("erase must be at most the image's side of 2 pixels, got 3", () -> Batches.ofImages(pixels, none, range(2), 2, 3, 1, 1, SEED, Augmentation.NONE.withErase(3), ImageLayout.NCHW));
        assertRefused("there are 3 sequences and 1 lengths", () -> Batches.ofSequences(six, 2, 1, new int[1], none, range(1), 1, SEED));
        assertRefused("length of row 1 must be in [1, 3], got 4", () -> Batches.ofSequences(six, 3, 1, new int[] {1, 4}, none, range(1), 1, SEED));
        assertRefused("time and features must be at least 1, got 0 and 1", () -> Batches.ofSequences(six, 0, 1, new int[0], none, range(1), 1, SEED));
        assertRefused("there are 3 rows, which need 6 entries of windows, got 3", () -> Batches.ofWindows(six, 2, new int[3], 2, none, range(1), 1, SEED));
        assertRefused("a window has row 3 of 3", () -> Batches.ofWindows(six, 2, new int[] {0, 1, 3}, 1, none, range(1), 1, SEED));
        assertRefused("width and steps must be at least 1, got 2 and 0", () -> Batches.ofWindows(six, 2, new int[0], 0, none, range(1), 1, SEED));
        assertRefused("there are sequences of 3 steps and targets of 2", () -> Batches.ofSequences(six, 3, 1, new int[] {1, 1}, Labels.steps(new float[4], 2, 1), range(1), 1, SEED));
        assertRefused("tokens of row 0 must be in [0, 16777216], got -1", () -> Batches.ofTokens(new int[][] {{-1}}, 3, none, range(1), 1, SEED));
        assertRefused("time must be at least 1, got 0", () -> Batches.ofTokens(new int[][] {{1}}, 0, none, range(1), 1, SEED));
        assertRefused("depth must be at least 1, got 0", () -> Batches.prefetch(numbered(2, 1, SEED), 0));
        assertRefused("size must be at least 1 pixel, got 0", () -> Pixels.of(new byte[2], 0));
        assertRefused("5 pixels are no whole number of images of 2", () -> Pixels.of(new byte[5], 2));
    }

    @Test
    void labels_wrongArguments_areRefused() {
        assertRefused("class of row 1 must be in [0, 3), got 3", () -> Labels.classes(new int[] {0, 3}, 3));
        assertRefused("k must be at least 2 classes, got 1", () -> Labels.classes(new int[] {0}, 1));
        assertRefused("3 values are no whole number of rows of 2 values", () -> Labels.values(new float[3], 2));
        assertRefused("width must be at least 1, got 0", () -> Labels.values(new float[3], 0));
        assertRefused("time must be at least 2 steps, got 1", () -> Labels.steps(new float[3], 1, 1));
        assertRefused("3 values are no whole number of sequences of 2 steps of 1 values", () -> Labels.steps(new float[3], 2, 1));
        assertRefused("there are no targets", () -> Labels.none().toRows(range(1)));
    }

    @Test
    void labels_toRows_areWhatTheNetworkSees() {
        assertArrayEquals(new float[][] {{0, 1}, {1, 0}}, Labels.classes(new int[] {0, 1, 1}, 2).toRows(new int[] {2, 0}));
        assertArrayEquals(new float[][] {{3, 4}}, Labels.values(new float[] {1, 2, 3, 4}, 2).toRows(new int[] {1}));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void augmentation_outOfRange_isRefused(double value) {
        assertRefused("shift must be at least 0 and finite, got " + value, () -> Augmentation.NONE.withShift(value));
        assertRefused("rotation must be in [0, 180], got " + value, () -> Augmentation.NONE.withRotation(value));
        assertRefused("scale must be in [0, 1), got " + value, () -> Augmentation.NONE.withScale(value));
        assertRefused("erase must be at least 0, got -1", () -> Augmentation.NONE.withErase(-1));
        assertRefused("shear must be in [0, 1], got " + value, () -> Augmentation.NONE.withShear(value));
        assertRefused("bend must be at least 0 and finite, got " + value, () -> Augmentation.NONE.withBend(value));
    }

    @Test
    void sparseRows_afterDenseColumns_keepBoth() {
        SparseRows words = SparseRows.builder(3).value(1, 2f).endRow().endRow().build();
        SparseRows joined = words.after(new float[] {7, 0, 0, 8}, 2, 0.5f);
        assertEquals(5, joined.width());
        assertArrayEquals(new float[] {7, 0, 0, 1, 0}, row(joined, 0));
        assertArrayEquals(new float[] {0, 8, 0, 0, 0}, row(joined, 1));
        assertEquals("2 rows of 2 values are wanted, got 3 values", assertThrows(IllegalArgumentException.class, () -> words.after(new float[3], 2, 1)).getMessage());
    }

    private static float[] row(SparseRows rows, int row) {
        float[] values = new float[rows.width()];
        for (int column = 0; column < values.length; column++) values[column] = rows.get(row, column);
        return values;
    }
}
