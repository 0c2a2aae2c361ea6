package io.dl4k.kaggle.auto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dl4k.data.CsvSource;
import io.dl4k.data.Table;
import io.dl4k.data.TableOptions;
import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.recipe.ColumnKind;
import io.dl4k.kaggle.recipe.RecipeReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Families of two women and two men: the women of every other family live, all men die. */
class CompanyTest {
    private static final int FAMILIES = 30;
    private static final int[] ALL = IntStream.range(0, 4 * FAMILIES).toArray();
    private static final Map<String, List<String>> SIDES = new TreeMap<>(Map.of("sex", List.of("f", "m")));

    private static double lived(int row) {
        return row % 4 < 2 && row / 4 % 2 == 1 ? 1 : 0;
    }

    private static String surname(int family) {
        return "" + (char) ('A' + family % 26) + (char) ('a' + family / 26);
    }

    private static Table families() {
        return table(IntStream.of(ALL).mapToObj(i -> i + ",\"" + surname(i / 4) + ", first " + i + "\"," + (i % 4 < 2 ? "f" : "m") + ",C" + (10 + i / 4) + i % 4 + ","
                + (int) lived(i) + "\n").collect(Collectors.joining()));
    }

    private static Table table(String rows) {
        return Table.read(CsvSource.of("train.csv", ("id,name,sex,ticket,y\n" + rows).getBytes(StandardCharsets.UTF_8)),
                TableOptions.DEFAULT.withAsText("id", "name", "sex", "ticket"));
    }

    private static List<Company.Fitted> fitted(String column, ColumnKind kind, IntToDoubleFunction target) {
        return Company.of(families(), column, kind, ALL, SIDES, target, 10);
    }

    @Test
    void of_family_isToldByAllAndByEachSide() {
        for (Company.Fitted fitted : List.of(fitted("name", ColumnKind.TEXT, CompanyTest::lived).get(0), fitted("ticket", ColumnKind.CODE, CompanyTest::lived).get(0))) {
            List<Company.Circle> circles = fitted.company().circles();
            assertEquals(List.of("", " with sex=f", " with sex=m"), circles.stream().map(Company.Circle::name).toList());
            String key = fitted.company().tie() == Company.Tie.BUT_LAST ? "C11" : surname(1);
            // A quarter of all lived and two of these four; half of the women and both of these; no man.
            assertEquals(List.of((2 - 4 * 0.25) / 5, (2 - 2 * 0.5) / 3, 0.0), circles.stream().map(circle -> circle.rates().of(key)).toList());
        }
    }

    @Test
    void of_ownTarget_isNotSeen() {
        int row = 5;
        Company.Fitted before = fitted("name", ColumnKind.TEXT, CompanyTest::lived).get(0);
        Company.Fitted after = fitted("name", ColumnKind.TEXT, i -> i == row ? 1 - lived(i) : lived(i)).get(0);
        for (int circle = 0; circle < 3; circle++) {
            assertEquals(before.fates().of(circle, row, surname(1)), after.fates().of(circle, row, surname(1)));
        }
    }

    @Test
    void of_ties_areWhatNamesAndCodesShare() {
        Table table = table("1,\"Smith, Mary Ann\",f,B12,1\n2,,f,B1,0\n3,Mary Smith,m,,1\n");
        assertEquals("Smith", Company.Tie.BEFORE_COMMA.of(table.column("name"), 0));
        assertEquals(null, Company.Tie.BEFORE_COMMA.of(table.column("name"), 2));
        assertEquals(List.of("Mary", "Smith"), List.of(Company.Tie.FIRST_WORD.of(table.column("name"), 2), Company.Tie.LAST_WORD.of(table.column("name"), 2)));
        assertEquals(List.of("B1", "B1"), List.of(Company.Tie.BUT_LAST.of(table.column("ticket"), 0), Company.Tie.BUT_LAST.of(table.column("ticket"), 1)));
        assertEquals(null, Company.Tie.BUT_LAST.of(table.column("ticket"), 2));
    }

    @Test
    void of_loners_haveNoCompany() {
        assertEquals(List.of(), fitted("id", ColumnKind.CATEGORY, CompanyTest::lived));
        Table loners = table(IntStream.range(0, 40).mapToObj(i -> i + ",\"" + surname(i) + ", x\",f,T,0\n").collect(Collectors.joining()));
        assertEquals(List.of(), Company.of(loners, "name", ColumnKind.TEXT, IntStream.range(0, 40).toArray(), Map.of(), row -> 0, 10).stream()
                .filter(c -> c.company().tie() == Company.Tie.BEFORE_COMMA).toList());
    }

    private static List<Company> companies(String more) {
        Competition competition = Recipes.competition(RecipeReader.parse("my.yaml", "id: id\ntarget: y\ntask: binary\nmetric: accuracy\nsubmission: labels\nfolds: 2\n"
                + "ensemble: 1\ncolumns: {name: text, sex: category, ticket: code}\n" + more));
        Table table = families();
        return ((TableEncoder) competition.candidates().get(0).preparation().fit(table, ALL, competition.targets(table).fit(ALL)).encoder()).companies();
    }

    @Test
    void fit_newGroups_haveNoCompanyThatIsKnown() {
        String candidates = "candidates: [{name: a, network: mlp}]\n";
        assertEquals(List.of("name", "ticket"), companies("split: stratified\n" + candidates).stream().map(Company::column).toList());
        assertEquals(List.of(), companies("split: {kind: grouped, column: ticket}\n" + candidates));
        assertEquals(List.of(), companies("split: stratified\ncandidates: [{name: a, network: mlp, features: {rates: false}}]\n"));
    }
}
