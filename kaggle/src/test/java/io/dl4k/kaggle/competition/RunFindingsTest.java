package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.kaggle.report.Findings;
import io.dl4k.kaggle.report.Importance;
import io.dl4k.kaggle.report.Report;
import io.dl4k.kaggle.report.ReportPage;
import io.dl4k.kaggle.report.WorstErrors;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFindingsTest {
    @TempDir
    Path folder;

    private Report report(RunFixture run, CompetitionRun.Result result) {
        Problem problem = Rows.problem(run.competition(), run.files());
        return RunReport.of(run.competition(), "made up", problem, run.options(), result, List.of(), Instant.EPOCH, 1, "");
    }

    @Test
    void of_passengers_needTheirSexAndNotTheirId() throws Exception {
        RunFixture run = new RunFixture(new Titanic(), Rows.titanicFiles(300, 10), RunFixture.options(3, 1, 12, 5), folder);
        CompetitionRun.Result result = run.run(false, event -> { }).result();
        Findings findings = report(run, result).findings();
        List<Importance.Input> inputs = findings.importance().orElseThrow().inputs();
        assertEquals(11, inputs.size());
        assertTrue(List.of("Sex", "Name").contains(inputs.get(0).name()), inputs.toString());
        assertTrue(inputs.get(0).loss() > 0.05, inputs.toString());
        assertEquals(0, inputs.stream().filter(input -> input.name().equals("PassengerId")).findFirst().orElseThrow().loss());
        // One network a fold: the rows as they are have the run's own score.
        assertEquals(result.submitted().score(), findings.importance().get().score(), 1e-12);
        assertEquals(300, findings.roc().orElseThrow().rows() + findings.roc().get().others());
        List<WorstErrors.Case> cases = findings.worst().orElseThrow().cases();
        assertEquals(12, cases.size());
        for (WorstErrors.Case one : cases) {
            assertTrue(!one.actual().equals(one.predicted()));
            WorstErrors.Values values = (WorstErrors.Values) one.exhibit();
            assertEquals(inputs.get(0).name(), values.values().get(0).column());
            assertEquals(8, values.values().size());
        }
    }

    @Test
    void of_sameRunTwice_areTheSame() throws Exception {
        RunFixture run = new RunFixture(new Titanic(), Rows.titanicFiles(60, 10), RunFixture.options(2, 2, 2, 5), folder);
        CompetitionRun.Result result = run.run(false, event -> { }).result();
        assertEquals(ReportPage.of(report(run, result)), ReportPage.of(report(run, result)));
    }

    @Test
    void of_images_needTheirBrightColumns() throws Exception {
        RunFixture run = new RunFixture(Digits.sample(), Rows.digitFiles(80, 8), RunFixture.options(2, 1, 6, 5), folder);
        CompetitionRun.Result result = run.run(false, event -> { }).result();
        Findings findings = report(run, result).findings();
        Importance.Grid grid = findings.importance().orElseThrow().grid().orElseThrow();
        assertEquals(8, grid.side());
        assertTrue(findings.worst().stream().flatMap(w -> w.cases().stream()).allMatch(c -> c.exhibit() instanceof WorstErrors.Image image && image.width() == 8));
    }

    @Test
    void image_pixelsOfASquare_areFoundWhateverTheirName() {
        StringBuilder header = new StringBuilder("id");
        StringBuilder row = new StringBuilder("7");
        for (int i = 0; i < 16; i++) {
            header.append(",px_").append(i);
            row.append(",").append(i * 17);
        }
        var table = io.dl4k.data.Table.read(Rows.csv("t.csv", header + "\n" + row + "\n"));
        assertEquals(4, Inputs.image(table, table.columnNames()).orElseThrow().side());
        List<String> without = table.columnNames().stream().filter(name -> !name.equals("px_3")).toList();
        assertTrue(Inputs.image(table, without).isEmpty());
    }

    @Test
    void of_longTexts_areShownAsText() {
        String text = "a very long text with many words in it, of the kind that people write";
        String csv = "id,text,target\n1," + text.replace(",", ";") + ",0\n2," + text.replace(",", ";").repeat(20) + ",1\n3,we don\u0089Ûªt know,0\n";
        CompetitionFiles files = new CompetitionFiles("t", Rows.csv("train.csv", csv), Rows.csv("test.csv", "id,text\n4,x\n"), Rows.csv("s.csv", "id,target\n4,0\n"));
        var train = io.dl4k.data.Table.read(files.train());
        Problem problem = new Problem(train, io.dl4k.data.Table.read(files.test()), io.dl4k.kaggle.submission.SampleSubmission.read(files.sample()), ClassTargets.of(train, "target"), null);
        RowExhibits exhibits = RowExhibits.of(problem, List.of());
        WorstErrors.Text shown = (WorstErrors.Text) exhibits.of(1);
        assertEquals(601, shown.text().length());
        assertEquals(List.of(new WorstErrors.Value("id", "2")), shown.values());
        assertEquals("we don't know", ((WorstErrors.Text) exhibits.of(2)).text(), "as it was meant");
        assertArrayEquals(new String[] {"id"}, Stream.of(((WorstErrors.Text) exhibits.of(0)).values().get(0).column()).toArray());
    }
}
