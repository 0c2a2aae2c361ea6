package io.dl4k.kaggle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.kaggle.competition.RunEvent;
import io.dl4k.training.TrainingEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FootprintTest {
    private static final long MEBIBYTE = 1L << 20;

    @Test
    void lines_sameReasonInEachFold_isSaidOnce() {
        List<String> said = new ArrayList<>();
        Footprint footprint = new Footprint(said::add);
        for (int fold = 0; fold < 3; fold++) {
            footprint.on(new RunEvent.NetworkStarted(fold + 1, "cnn", fold, 3, 2));
            footprint.on(new RunEvent.Training(new TrainingEvent.PassedOver(List.of("layer 2 (PReLULayer): not on a GPU"))));
            footprint.on(new RunEvent.Training(new TrainingEvent.Computed(List.of("layer 2 (PReLULayer): no accelerated kind of this layer"), (3 - fold) * MEBIBYTE)));
        }
        assertEquals(List.of("cnn: the processor computes it, not the GPU: layer 2 (PReLULayer): not on a GPU"), said);
        List<String> lines = footprint.lines();
        assertEquals("not accelerated: cnn, layer 2 (PReLULayer): no accelerated kind of this layer", lines.get(0));
        assertEquals(2, lines.size());
        assertTrue(lines.get(1).matches("memory: [0-9,]+ MiB resident at most.*, 3\\.0 MiB of accelerated programs"), lines.get(1));
    }
}
