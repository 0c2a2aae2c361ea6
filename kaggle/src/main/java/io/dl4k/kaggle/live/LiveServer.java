package io.dl4k.kaggle.live;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dl4k.kaggle.page.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Two addresses on the loopback interface, under a path that nobody can guess: a page, and the events it follows (server-sent events, WHATWG HTML section
 * 9.2). Everything else is refused: other paths, other methods, requests whose {@code Host} is not the loopback interface, by which a page from elsewhere
 * would reach it through a name that it lets resolve to 127.0.0.1 (DNS rebinding), and requests whose {@code Origin} is another page.
 */
final class LiveServer implements AutoCloseable {
    private static final int TOKEN_BYTES = 18;
    /** Each open page takes one thread, which sleeps most of the time. */
    private static final int MOST_THREADS = 16;
    private static final long IDLE_SECONDS = 30;
    /** A silent connection is spoken to, so that one whose page is gone is noticed. */
    private static final long HEARTBEAT_MILLIS = 5_000;
    private static final int FAREWELL_SECONDS = 1;
    /** Those that are turned away come back at once: this is how many a second they can be, however many they are. */
    private static final int MOST_TURNED_AWAY = 20;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int FORBIDDEN = 403;
    private static final int OK = 200;

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final String path;
    private final byte[] page;

    private LiveServer(HttpServer server, ThreadPoolExecutor threads, String path, byte[] page) {
        this.server = server;
        this.threads = threads;
        this.path = path;
        this.page = page;
    }

    /** Binds a free port; nothing is answered before {@link #serve}. */
    static LiveServer open(String title) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), MOST_THREADS);
        ThreadPoolExecutor threads = new ThreadPoolExecutor(0, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "live-view");
            thread.setDaemon(true);
            return thread;
        }, (task, pool) -> turnAway());
        byte[] secret = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(secret);
        String path = "/" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "/";
        String html = Shell.served(title + " - DL4K live", Shell.resource(LiveServer.class, "live.css"), Shell.resource(LiveServer.class, "live.js"))
                .page(Shell.resource(LiveServer.class, "live.html"));
        return new LiveServer(server, threads, path, html.getBytes(StandardCharsets.UTF_8));
    }

    /** Runs in the one thread that accepts connections: while it sleeps, the system keeps those who knock waiting, at no cost to the run. */
    private static void turnAway() {
        try {
            Thread.sleep(1000 / MOST_TURNED_AWAY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new RejectedExecutionException("all threads are taken");
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    void serve(Journal journal) {
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange, journal);
            } catch (InterruptedException e) {
                // The server is closing.
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    private void answer(HttpExchange exchange, Journal journal) throws IOException, InterruptedException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        if (!isLocal(exchange.getRequestHeaders().getOrDefault("Host", List.of())) || !isOwn(exchange.getRequestHeaders().getOrDefault("Origin", List.of()))) {
            exchange.sendResponseHeaders(FORBIDDEN, -1);
            return;
        }
        String asked = exchange.getRequestURI().getRawPath();
        boolean forPage = isSame(asked, path);
        if (!forPage && !isSame(asked, path + "events")) {
            exchange.sendResponseHeaders(NOT_FOUND, -1);
        } else if (!exchange.getRequestMethod().equals("GET")) {
            headers.set("Allow", "GET");
            exchange.sendResponseHeaders(NOT_ALLOWED, -1);
        } else if (forPage) {
            headers.set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(OK, page.length);
            exchange.getResponseBody().write(page);
        } else {
            headers.set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(OK, 0);
            follow(exchange.getResponseBody(), journal, number(exchange.getRequestHeaders().getFirst("Last-Event-ID")));
        }
    }

    private static void follow(OutputStream out, Journal journal, long after) throws IOException, InterruptedException {
        long number = after;
        while (!journal.isOver(number)) {
            StringBuilder text = new StringBuilder();
            for (Journal.Entry entry : journal.after(number, HEARTBEAT_MILLIS)) {
                text.append("id: ").append(entry.number()).append("\ndata: ").append(entry.json()).append("\n\n");
                number = entry.number();
            }
            out.write((text.length() == 0 ? ":\n\n" : text.toString()).getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    /** What a browser sends when it comes back; 0 for anything else. */
    private static long number(String lastEventId) {
        return lastEventId != null && lastEventId.matches("\\d{1,18}") ? Long.parseLong(lastEventId) : 0;
    }

    private boolean isLocal(List<String> hosts) {
        int port = server.getAddress().getPort();
        return hosts.size() == 1 && Set.of("127.0.0.1:" + port, "localhost:" + port).contains(hosts.get(0));
    }

    /** A browser names the page that asks when it is another one; its own page's requests may name it or not. */
    private boolean isOwn(List<String> origins) {
        int port = server.getAddress().getPort();
        return origins.stream().allMatch(Set.of("http://127.0.0.1:" + port, "http://localhost:" + port)::contains);
    }

    /** In a time that does not tell how much of it was right. */
    private static boolean isSame(String asked, String wanted) {
        return MessageDigest.isEqual(asked.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
    }

    /** Gives open connections a moment for what the journal still holds. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            threads.awaitTermination(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        server.stop(0);
    }
}
