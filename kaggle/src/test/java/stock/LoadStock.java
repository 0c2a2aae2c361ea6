package stock;

import java.io.File;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.factory.Nd4j;

/** Loads a model with Deeplearning4j alone, in a process that has no class of DL4K, and prints its output for one row. */
public final class LoadStock {
    private LoadStock() {
    }

    /** @param arguments model file, then the row's features with commas between */
    public static void main(String[] arguments) throws Exception {
        try {
            Class.forName("io.dl4k.models.ModelFile");
            throw new IllegalStateException("DL4K is on the class path");
        } catch (ClassNotFoundException expected) {
            // Only Deeplearning4j is here.
        }
        String[] texts = arguments[1].split(",");
        float[] row = new float[texts.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = Float.parseFloat(texts[i]);
        }
        MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(new File(arguments[0]));
        float[] output = network.output(Nd4j.create(new float[][] {row})).toFloatVector();
        StringBuilder text = new StringBuilder("output ");
        for (int i = 0; i < output.length; i++) {
            text.append(i == 0 ? "" : ",").append(output[i]);
        }
        System.out.println(text);
    }
}
