package io.dl4k.kaggle.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;

/** Pages as the command writes them, each made once for all tests. */
final class Site {
    static final long SEED = 42;

    private static final Map<String, String> PAGES = new HashMap<>();

    private Site() {
    }

    static synchronized String page(Topic topic) {
        return PAGES.computeIfAbsent(topic.name(), name -> LessonPage.of(topic, topic.explain(SEED), Topic.all()));
    }

    /** A lesson of another run with the same seed must be the same page. */
    static void assertSame(Topic topic, Lesson lesson) {
        assertEquals(page(topic), LessonPage.of(topic, lesson, Topic.all()));
    }
}
