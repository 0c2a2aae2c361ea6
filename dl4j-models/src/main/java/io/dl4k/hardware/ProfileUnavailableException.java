package io.dl4k.hardware;

/** What was asked for cannot run on this machine or in this build. The message is one line: the reason and the way out. */
public final class ProfileUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /** @param reason without a full stop  @param wayOut a sentence */
    ProfileUnavailableException(String reason, String wayOut) {
        super(reason + ". " + wayOut);
        this.reason = reason;
    }

    /** Why, without a full stop and without the way out. */
    public String reason() {
        return reason;
    }
}
