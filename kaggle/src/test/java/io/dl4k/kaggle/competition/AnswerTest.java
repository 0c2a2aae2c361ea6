package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dl4k.data.DataException;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static SampleSubmission sample(String header) {
        return SampleSubmission.read(Rows.csv("sample.csv", header + "\n1" + ",0.5".repeat(header.split(",").length - 1) + "\n"));
    }

    @Test
    void ofClasses_twoClassesOneColumn_isTheSecondsProbability() {
        Answer answer = Answer.ofClasses(List.of("no", "yes"), false, sample("id,y"));
        assertEquals(List.of(List.of("0.75")), answer.columns(answer.predictions(new float[][] {{0.25f, 0.75f}})));
    }

    @Test
    void ofClasses_columnsAreFoundByTheirLabels() {
        Answer answer = Answer.ofClasses(List.of("C", "CL", "D"), false, sample("id,Status_CL,Status_D,Status_C"));
        assertEquals(new Answer.Probabilities(List.of("C", "CL", "D"), List.of(1, 2, 0)), answer);
        assertEquals(new Answer.Probabilities(List.of("0", "10"), List.of(1, 0)), Answer.ofClasses(List.of("0", "10"), false, sample("id,class_10,class_0")));
        assertEquals("sample.csv, line 1, column 'Status_X': there is no class 'Status_X' in the training set, only C, D.",
                assertThrows(DataException.class, () -> Answer.ofClasses(List.of("C", "D"), false, sample("id,Status_X,Status_D"))).getMessage());
    }

    @Test
    void labels_firstOfEqualsWins() {
        Answer answer = new Answer.Labels(List.of("a", "b"), 0.5);
        assertEquals(List.of(List.of("a", "b")), answer.columns(answer.predictions(new float[][] {{0.5f, 0.5f}, {0.4f, 0.6f}})));
    }

    @Test
    void grades_meanIsCut() {
        Answer answer = new Answer.Grades(List.of("3", "4", "5"), List.of(0.5, 1.4));
        float[][] averaged = {{0.6f, 0, 0.4f}, {0.6f, 0.4f, 0}, {0.1f, 0.3f, 0.6f}, {0.2f, 0.3f, 0.5f}};
        // Means 0.8, 0.4, 1.5 and 1.3.
        assertEquals(List.of(List.of("4", "3", "5", "4")), answer.columns(answer.predictions(averaged)));
        assertArrayEquals(new double[] {0.8, 0.4, 1.5, 1.3}, Answer.Grades.means(averaged), 1e-6);
        assertThrows(IllegalArgumentException.class, () -> new Answer.Grades(List.of("3", "4", "5"), List.of(1.4, 0.5)));
        assertThrows(IllegalArgumentException.class, () -> new Answer.Grades(List.of("3", "4", "5"), List.of(1.4)));
    }

    @Test
    void probabilities_asWritten_sumToOne() {
        Answer answer = new Answer.Probabilities(List.of("a", "b", "c"), List.of(2, 0, 1));
        java.util.Random random = new java.util.Random(5);
        float[][] rows = new float[200][];
        for (int row = 0; row < rows.length; row++) {
            double[] x = random.doubles(3, 0, row % 2 == 0 ? 1 : 12).map(Math::exp).toArray();
            double sum = x[0] + x[1] + x[2];
            rows[row] = new float[] {(float) (x[0] / sum), (float) (x[1] / sum), (float) (x[2] / sum)};
        }
        rows[0] = new float[] {1, 1e-12f, 0};
        List<List<String>> columns = answer.columns(answer.predictions(rows));
        for (int row = 0; row < rows.length; row++) {
            double sum = 0;
            for (int c = 0; c < 3; c++) {
                double written = Double.parseDouble(columns.get(c).get(row));
                assertEquals(rows[row][List.of(2, 0, 1).get(c)], written, 2e-7);
                sum += written;
            }
            assertEquals(1, sum, 1e-14);
        }
        assertEquals(List.of("0", "0.999999999999", "0.000000000001"), columns.stream().map(column -> column.get(0)).toList());
        assertEquals(List.of(List.of("0.3")), new Answer.Probabilities(List.of("a", "b"), List.of(0)).columns(new float[][] {{0.3f, 0.7f}}));
    }
}
