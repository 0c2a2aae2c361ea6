package io.dl4k.hardware;

/** What was asked for cannot run on this machine or in this build. The message is one line: the reason and the way out. */
public final class ProfileUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProfileUnavailableException(String message) {
        super(message);
    }
}
