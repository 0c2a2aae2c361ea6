package io.dl4k.hardware;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands of the system with a limit on time and output. A command that hangs is killed with all it started. */
@FunctionalInterface
interface Tools {
    /** Never throws for what the command does; {@code command} is the program and its arguments. */
    ToolOutput run(List<String> command);

    /** @param limit wall clock for each command */
    static Tools ofSystem(Duration limit) {
        return command -> runProcess(command, limit);
    }

    private static ToolOutput runProcess(List<String> command, Duration limit) {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException notThere) {
            return new ToolOutput(ToolOutput.End.NOT_FOUND, -1, String.valueOf(notThere.getMessage()));
        }
        Collector collector = new Collector(process.getInputStream());
        Thread reader = new Thread(collector, "dl4k-" + command.get(0));
        reader.setDaemon(true);
        reader.start();
        boolean done = false;
        try {
            process.getOutputStream().close();
            done = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException brokenPipe) {
            // It closed its input first; its end is still waited for.
            done = waitQuietly(process, limit);
        }
        if (!done) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            return new ToolOutput(ToolOutput.End.TIMED_OUT, -1, collector.text());
        }
        try {
            // A daemon that it left behind may hold the pipe open: what has come by then is the answer.
            reader.join(limit.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return ToolOutput.exited(process.exitValue(), collector.text());
    }

    private static boolean waitQuietly(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Reads to the end so that the command never blocks on a full pipe, and keeps the first 64 KiB. */
    final class Collector implements Runnable {
        private static final int KEPT = 1 << 16;
        private final InputStream in;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        Collector(InputStream in) {
            this.in = in;
        }

        @Override
        public void run() {
            byte[] buffer = new byte[4096];
            try (in) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    synchronized (kept) {
                        kept.write(buffer, 0, Math.min(n, KEPT - kept.size()));
                    }
                }
            } catch (IOException killed) {
                // The process is gone; what was read before stands.
            }
        }

        String text() {
            synchronized (kept) {
                return kept.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
