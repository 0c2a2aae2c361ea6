package io.dl4k.kaggle.competition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dl4k.data.DataFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolesTest {
    @TempDir
    Path folder;

    private DataFiles files(Map<String, String> contents) throws IOException {
        for (Map.Entry<String, String> file : contents.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
        return DataFiles.open(folder);
    }

    @Test
    void of_filesOfAnyName_areTakenByTheirColumns() throws IOException {
        try (DataFiles files = files(Map.of("one.csv", "c3,c1\n1,0\n", "two.csv", "c1,c2,c3,c4\n1,2,3,4\n", "three.csv", "c2,c3,c4\n1,2,3\n", "notes.csv", "who,what\nme,this\n"))) {
            CompetitionFiles found = CompetitionFiles.of(files);
            assertEquals("two.csv three.csv one.csv", found.train().name() + " " + found.test().name() + " " + found.sample().name());
        }
    }

    @Test
    void of_testRowsWithoutAnId_answersInAnotherCase() throws IOException {
        try (DataFiles files = files(Map.of("a.csv", "ImageId,Label\n1,0\n", "b.csv", "label,p0,p1\n1,2,3\n", "c.csv", "p0,p1\n1,2\n"))) {
            assertEquals("b.csv", CompetitionFiles.of(files).train().name());
        }
    }

    @Test
    void of_twoWaysAsGood_isNoTelling() throws IOException {
        try (DataFiles files = files(Map.of("a.csv", "id,x,y\n1,2,3\n", "b.csv", "id,x\n1,2\n", "c.csv", "id,y\n1,2\n"))) {
            assertTrue(Roles.of(files).isEmpty());
        }
    }
}
