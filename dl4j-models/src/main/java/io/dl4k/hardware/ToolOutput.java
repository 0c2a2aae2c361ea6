package io.dl4k.hardware;

/**
 * What a command of the system answered.
 *
 * @param end  how it ended
 * @param exit its exit status; meaningless unless it ended by itself
 * @param text its output, standard error mixed in, cut after 64 KiB
 */
record ToolOutput(End end, int exit, String text) {
    enum End { EXITED, NOT_FOUND, TIMED_OUT }

    static ToolOutput exited(int exit, String text) {
        return new ToolOutput(End.EXITED, exit, text);
    }

    boolean succeeded() {
        return end == End.EXITED && exit == 0;
    }
}
