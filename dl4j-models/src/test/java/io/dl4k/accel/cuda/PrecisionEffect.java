package io.dl4k.accel.cuda;

import io.dl4k.accel.Accelerated;
import io.dl4k.accel.program.Precision;
import io.dl4k.models.Cnn;
import io.dl4k.models.Mlp;
import io.dl4k.models.Optimizer;
import io.dl4k.models.Rnn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** What rounding does to a training's end, in the emulator's arithmetic: the sample's digits, a quarter of them held out. To be run by hand: docs/acceleration.md has what it printed. */
final class PrecisionEffect {
    private static final int SIDE = 8;
    private static final int CLASSES = 10;
    private static final int BATCH = 32;
    private static final float BRIGHTEST = 16;

    private PrecisionEffect() { }

    private record Digits(float[][] pixels, int[] labels) { }

    /** @param args the sample's train.csv, epochs, seeds */
    public static void main(String[] args) throws IOException {
        EmulatedGpu.missing().ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        Digits digits = read(Path.of(args[0]));
        int epochs = Integer.parseInt(args[1]);
        int seeds = Integer.parseInt(args[2]);
        System.out.println("network precision seed gradient_error loss accuracy");
        for (String kind : List.of("mlp", "cnn", "lstm"))
            for (int seed = 1; seed <= seeds; seed++)
                for (Precision precision : Precision.values()) train(digits, kind, precision, epochs, seed);
    }

    private static Digits read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> header = List.of(lines.get(0).split(","));
        int label = header.indexOf("label");
        List<Integer> columns = new ArrayList<>();
        for (int c = 0; c < header.size(); c++) if (header.get(c).startsWith("p")) columns.add(c);
        float[][] pixels = new float[lines.size() - 1][];
        int[] labels = new int[lines.size() - 1];
        for (int i = 1; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(",");
            labels[i - 1] = Integer.parseInt(cells[label]);
            pixels[i - 1] = new float[columns.size()];
            for (int k = 0; k < columns.size(); k++) pixels[i - 1][k] = Float.parseFloat(cells[columns.get(k)]) / BRIGHTEST;
        }
        return new Digits(pixels, labels);
    }

    private static MultiLayerNetwork net(String kind, int seed) {
        return switch (kind) {
            case "mlp" -> Mlp.classifier(SIDE * SIDE, CLASSES).hidden(128, 64).optimizer(Optimizer.adam(1e-3)).seed(seed).build();
            case "cnn" -> Cnn.images(SIDE, SIDE, 1).conv(8, 3).batchNorm().conv(16, 3).maxPool(2).dense(32).classes(CLASSES).optimizer(Optimizer.adam(1e-3)).seed(seed).build();
            default -> Rnn.features(SIDE).lstm(32).lastStep().classes(CLASSES).optimizer(Optimizer.adam(3e-3)).seed(seed).build();
        };
    }

    private static DataSet batch(Digits digits, String kind, List<Integer> rows) {
        INDArray features = Nd4j.createFromArray(rows.stream().map(row -> digits.pixels[row]).toArray(float[][]::new));
        INDArray labels = Nd4j.zeros(rows.size(), CLASSES);
        for (int i = 0; i < rows.size(); i++) labels.putScalar(i, digits.labels[rows.get(i)], 1);
        return new DataSet(switch (kind) {
            case "mlp" -> features;
            case "cnn" -> features.reshape(rows.size(), 1, SIDE, SIDE);
            // A line of the image a step.
            default -> features.reshape(rows.size(), SIDE, SIDE).permute(0, 2, 1).dup('c');
        }, labels);
    }

    private static INDArray gradient(MultiLayerNetwork net, Precision precision, DataSet batch) {
        MultiLayerNetwork twin = net.clone();
        try (Accelerated fast = Accelerated.attempt(twin, () -> EmulatedGpu.open(precision)).accelerated().orElseThrow()) {
            fast.gradient(batch);
        }
        return twin.getFlattenedGradients().dup();
    }

    private static void train(Digits digits, String kind, Precision precision, int epochs, int seed) {
        MultiLayerNetwork net = net(kind, seed);
        List<Integer> train = new ArrayList<>();
        List<Integer> held = new ArrayList<>();
        for (int i = 0; i < digits.labels.length; i++) (i % 4 == 0 ? held : train).add(i);
        INDArray exact = gradient(net, Precision.FLOAT32, batch(digits, kind, train.subList(0, BATCH)));
        double error = gradient(net, precision, batch(digits, kind, train.subList(0, BATCH))).sub(exact).norm2Number().doubleValue() / exact.norm2Number().doubleValue();
        double loss = 0;
        int right = 0;
        Random random = new Random(seed);
        try (Accelerated fast = Accelerated.attempt(net, () -> EmulatedGpu.open(precision)).accelerated().orElseThrow()) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                Collections.shuffle(train, random);
                loss = 0;
                int steps = train.size() / BATCH;
                for (int i = 0; i < steps; i++) loss += fast.step(batch(digits, kind, train.subList(i * BATCH, (i + 1) * BATCH))) / steps;
            }
            INDArray found = fast.output(batch(digits, kind, held).getFeatures()).argMax(1);
            for (int i = 0; i < held.size(); i++) if (found.getInt(i) == digits.labels[held.get(i)]) right++;
            if (!fast.fallbacks().isEmpty()) throw new IllegalStateException(fast.fallbacks().toString());
        }
        System.out.printf(Locale.ROOT, "%s %s %d %.2e %.5f %.4f%n", kind, precision, seed, error, loss, right / (double) held.size());
    }
}
