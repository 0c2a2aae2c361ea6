package io.dl4k.accel.check;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Fixtures in a file: what the processor computed where there was Deeplearning4j, to be compared with where there is a GPU. A few megabytes, gzip. */
public final class FixtureFile {
    /** First of the unpacked file, so that another file is told from a damaged one. */
    private static final String MARK = "dl4k fixtures 1";
    private static final int MOST = 10_000;

    private FixtureFile() { }

    /** @param made what computed them, for people
     *  @throws IOException if the file cannot be written */
    public static void write(Path file, String made, List<Fixture> fixtures) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file))))) {
            out.writeUTF(MARK);
            out.writeUTF(made);
            out.writeInt(fixtures.size());
            for (Fixture each : fixtures) {
                out.writeInt(each.steps());
                new Codec(each.steps()).write(out, Fixture.class, each);
            }
        }
    }

    /** What a file holds.
     *
     *  @param made what computed them */
    public record Contents(String made, List<Fixture> fixtures) { }

    /** @throws IOException if there is no such file, or it is no whole file of fixtures */
    public static Contents read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))))) {
            if (!in.readUTF().equals(MARK)) throw new IOException("another version of it");
            String made = in.readUTF();
            int n = in.readInt();
            if (n < 0 || n > MOST) throw new IOException(n + " fixtures");
            List<Fixture> fixtures = new ArrayList<>();
            for (int i = 0; i < n; i++) fixtures.add((Fixture) new Codec(in.readInt()).read(in, Fixture.class));
            return new Contents(made, fixtures);
        } catch (java.nio.file.FileSystemException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(file + ": no whole file of fixtures (" + e.getMessage() + "). ./dl4k gpu-check --make-fixtures writes one.", e);
        }
    }
}
