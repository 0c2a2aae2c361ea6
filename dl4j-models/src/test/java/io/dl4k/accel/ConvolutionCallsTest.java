package io.dl4k.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dl4k.models.Cnn;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;

/** Which of oneDNN's code runs. */
class ConvolutionCallsTest {
    /** Channels that fill no block of oneDNN's: with the wrong layouts it has reference code only, 200 times as slow. */
    @ParameterizedTest @ValueSource(ints = {3, 5, 8, 12})
    void convolution_oddChannels_isNoReferenceCode(int channels) {
        try (Accelerated fast = Twins.accelerate(Cnn.images(9, 9, 2).conv(channels, 3).maxPool(2).conv(channels + 1, 2).batchNorm().dense(4).classes(3).build())) {
            List<String> calls = fast.profile(new DataSet(Twins.numbers(new Random(1), 4, 2, 9, 9), Twins.classes(new Random(1), 4, 1, 3).getLabels()));
            assertEquals(List.of(), calls.stream().filter(line -> line.contains("reference")).toList());
        }
    }

    @Test void poolingOverTime_isNoReferenceCode() {
        try (Accelerated fast = Twins.accelerate(Cnn.series(20, 3).conv(12, 3).maxPool(2).conv(20, 3).avgPool(2).globalAvgPool().classes(3).build())) {
            List<String> calls = fast.profile(new DataSet(Twins.numbers(new Random(1), 4, 3, 20), Twins.classes(new Random(1), 4, 1, 3).getLabels()));
            assertEquals(List.of(), calls.stream().filter(line -> line.contains("reference")).toList());
        }
    }

    /** Images of one channel, and of three: with AVX2 a plain input and a plain output leave pooling code 25 times as slow. */
    @ParameterizedTest @ValueSource(ints = {1, 3})
    void convolution_ofImages_isCodeMadeForTheProcessor(int channels) {
        try (Accelerated fast = Twins.accelerate(Cnn.images(12, 12, channels).conv(16, 3).maxPool(2).conv(16, 2).classes(3).build())) {
            List<String> calls = fast.profile(new DataSet(Twins.numbers(new Random(1), 4, channels, 12, 12), Twins.classes(new Random(1), 4, 1, 3).getLabels()));
            assertEquals(List.of(), calls.stream().filter(line -> line.startsWith("convolution") || line.startsWith("pool")).filter(line -> line.contains("(reference)") || line.contains("(slow)")).toList());
        }
    }
}
