package io.dl4k.kaggle.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dl4k.kaggle.competition.RunEvent;
import io.dl4k.training.History;
import io.dl4k.training.TrainingEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LiveViewTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Sends the text and gives the whole answer, once the server has closed the connection. */
    private static String raw(URI address, String request) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String status(URI address, String method, String path, String host) throws IOException {
        return raw(address, method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").lines().findFirst().orElseThrow();
    }

    /** Events as a page gets them, until the server ends the stream. */
    private static List<JsonNode> events(URI address, String more) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            String request = "GET " + address.getPath() + "events HTTP/1.0\r\nHost: " + address.getAuthority() + "\r\n" + more + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: ")) {
                    JsonNode event = JSON.readTree(line.substring(6));
                    events.add(event);
                    if (event.get("kind").asText().equals("end")) {
                        break;
                    }
                }
            }
        }
        return events;
    }

    private static RunEvent step(int batch, AtomicInteger asked) {
        return new RunEvent.Training(new TrainingEvent.StepDone(1, batch, 100, batch - 1, 32, 0.5, 1e-3, () -> {
            asked.incrementAndGet();
            return OptionalDouble.of(2.5);
        }));
    }

    @Test
    void on_steps_areNotedNowAndThenAndOnlyThenTheGradientIsAskedFor() throws Exception {
        AtomicLong now = new AtomicLong();
        AtomicInteger asked = new AtomicInteger();
        try (LiveView view = LiveView.start("Titanic", "accuracy", true, "cpu", now::get)) {
            view.on(new RunEvent.RunStarted(2, true));
            view.on(new RunEvent.NetworkStarted(1, "mlp", 0, 5, 3));
            view.on(new RunEvent.Training(new TrainingEvent.Started(3, 100, 3200, 10, 77)));
            for (int batch = 1; batch <= 100; batch++) {
                now.addAndGet(10_000_000);
                view.on(step(batch, asked));
            }
            view.on(new RunEvent.Training(new TrainingEvent.EpochDone(new History.Epoch(1, 0.4, OptionalDouble.empty(), OptionalDouble.of(0.75), 1e-3, 1, 3200), true)));
            view.on(new RunEvent.NetworkFinished(1, "mlp", 0, Double.NaN, false));
            view.end("done");
            List<JsonNode> events = events(view.address(), "");
            List<String> kinds = events.stream().map(event -> event.get("kind").asText()).filter(kind -> !kind.equals("memory")).toList();
            assertEquals(List.of("run", "networks", "network", "started", "step", "step", "epoch", "finished", "end"), kinds);
            assertEquals(2, asked.get());
            JsonNode first = events.stream().filter(event -> event.get("kind").asText().equals("step")).findFirst().orElseThrow();
            assertEquals("{\"kind\":\"step\",\"t\":0.4,\"number\":1,\"epoch\":0.4,\"loss\":0.5,\"rate\":0.001,\"norm\":2.5,\"speed\":3200}", first.toString());
            assertTrue(events.stream().filter(event -> event.get("kind").asText().equals("finished")).findFirst().orElseThrow().get("score").isNull());
        }
    }

    @Test
    void events_afterTheLastOneSeen_areTheLaterOnes() throws Exception {
        try (LiveView view = LiveView.start("Titanic", "accuracy", true, "cpu", () -> 0)) {
            view.on(new RunEvent.RunStarted(2, true));
            view.end("done");
            assertEquals("run", events(view.address(), "").get(0).get("kind").asText());
            assertNotEquals("run", events(view.address(), "Last-Event-ID: 1\r\n").get(0).get("kind").asText());
            assertEquals("run", events(view.address(), "Last-Event-ID: 1 or 1\r\n").get(0).get("kind").asText());
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, TOKEN, HERE, 200", "GET, TOKEN, localhost:PORT, 200", "GET, /, HERE, 404", "GET, /events, HERE, 404", "GET, TOKENx, HERE, 404", "GET, TOKEN../, HERE, 404",
        "POST, TOKEN, HERE, 405", "GET, TOKEN, evil.example:PORT, 403", "GET, TOKEN, 127.0.0.1, 403", "GET, TOKENevents, evil.example, 403"})
    void answer_request_isGivenToWhoHasTheAddressAlone(String method, String path, String host, int expected) throws Exception {
        try (LiveView view = LiveView.start("Titanic", "accuracy", true, "cpu", () -> 0)) {
            URI address = view.address();
            String status = status(address, method, path.replace("TOKEN", address.getPath()), host.replace("HERE", address.getAuthority()).replace("PORT", String.valueOf(address.getPort())));
            assertTrue(status.startsWith("HTTP/1.1 " + expected), status);
        }
    }

    @ParameterizedTest
    @CsvSource({"http://127.0.0.1:PORT, 200", "http://localhost:PORT, 200", "http://evil.example, 403", "http://127.0.0.1:1, 403", "https://127.0.0.1:PORT, 403", "null, 403"})
    void answer_requestOfAPage_isGivenToItsOwnAlone(String origin, int expected) throws Exception {
        try (LiveView view = LiveView.start("Titanic", "accuracy", true, "cpu", () -> 0)) {
            URI address = view.address();
            for (String path : List.of(address.getPath(), address.getPath() + "events")) {
                view.end("done");
                try (Socket socket = new Socket(address.getHost(), address.getPort())) {
                    String request = "GET " + path + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\nOrigin: " + origin.replace("PORT", String.valueOf(address.getPort()))
                            + "\r\nConnection: close\r\n\r\n";
                    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                    String status = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
                    assertTrue(status.startsWith("HTTP/1.1 " + expected), status);
                }
            }
        }
    }

    @Test
    void answer_moreClientsThanThreads_isStillGivenToTheNextPage() throws Exception {
        try (LiveView view = LiveView.start("Titanic", "accuracy", true, "cpu", () -> 0)) {
            URI address = view.address();
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Socket client = new Socket(address.getHost(), address.getPort());
                clients.add(client);
                client.getOutputStream().write(("GET " + address.getPath() + "events HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            }
            view.on(new RunEvent.RunStarted(2, true));
            for (Socket client : clients) {
                client.close();
            }
            // Threads of pages that are gone come back with the next thing that is sent, at the latest with the second one.
            String status = null;
            for (int i = 0; status == null || !status.startsWith("HTTP/1.1 200"); i++) {
                assertTrue(i < 10_000, "status: " + status);
                view.on(new RunEvent.RunStarted(2, true));
                try (Socket socket = new Socket(address.getHost(), address.getPort())) {
                    socket.getOutputStream().write(("GET " + address.getPath() + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
                    status = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
                } catch (IOException refused) {
                    status = null;
                }
            }
        }
    }

    @Test
    void address_ofTwoRuns_isOnLoopbackAndNotTheSame() throws Exception {
        try (LiveView one = LiveView.start("a", "accuracy", true, "cpu", () -> 0); LiveView other = LiveView.start("b", "accuracy", true, "cpu", () -> 0)) {
            assertEquals("127.0.0.1", one.address().getHost());
            assertTrue(one.address().getPath().matches("/[A-Za-z0-9_-]{24}/"), one.address().toString());
            assertNotEquals(one.address().getPath(), other.address().getPath());
            assertNotEquals(one.address().getPort(), other.address().getPort());
        }
    }

    /** Bound to all interfaces it would answer there too. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "::1"})
    void address_ofAnotherInterface_isNotAnswered(String other) throws Exception {
        try (LiveView view = LiveView.start("Titanic", "accuracy", true, "cpu", () -> 0)) {
            assertThrows(IOException.class, () -> new Socket(other, view.address().getPort()).close());
        }
    }

    @Test
    void page_fromTheServer_hasItsPolicyAndNothingFromOutside() throws Exception {
        try (LiveView view = LiveView.start("<b>", "accuracy", true, "cpu", () -> 0)) {
            String page = raw(view.address(), "GET " + view.address().getPath() + " HTTP/1.1\r\nHost: " + view.address().getAuthority() + "\r\nConnection: close\r\n\r\n");
            assertTrue(page.contains("connect-src 'self'; base-uri 'none'"), page.substring(0, 900));
            assertTrue(page.contains("<title>&lt;b&gt; - DL4K live</title>"));
            assertTrue(page.contains("X-frame-options: DENY"));
            assertFalse(page.contains(view.address().getPath()), "the page does not name its own secret");
        }
    }

    @Test
    void close_withAnOpenPage_endsItAndTheServer() throws Exception {
        LiveView view = LiveView.start("Titanic", "accuracy", true, "cpu", () -> 0);
        URI address = view.address();
        try (Socket page = new Socket(address.getHost(), address.getPort())) {
            page.getOutputStream().write(("GET " + address.getPath() + "events HTTP/1.0\r\nHost: " + address.getAuthority() + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            BufferedReader lines = new BufferedReader(new InputStreamReader(page.getInputStream(), StandardCharsets.UTF_8));
            while (!lines.readLine().startsWith("data: ")) {
                // Headers, then the first event: the page is open.
            }
            view.end("it ended well");
            view.close();
            assertTrue(lines.lines().anyMatch(line -> line.contains("it ended well")), "the last event arrives");
        }
        assertThrows(ConnectException.class, () -> new Socket(address.getHost(), address.getPort()).close());
    }
}
