package io.dl4k.models;

/** Shape of one example between two layers. */
sealed interface Shape {

    /** Values per example, over all axes. */
    long size();

    /** A row of values. */
    record Flat(long size) implements Shape {
        @Override
        public String toString() {
            return Long.toString(size);
        }
    }

    /** Height by width by channels. */
    record Image(int height, int width, int channels) implements Shape {
        @Override
        public long size() {
            return (long) height * width * channels;
        }

        String side() {
            return height == width ? Integer.toString(height) : height + "x" + width;
        }

        @Override
        public String toString() {
            return height + "x" + width + "x" + channels;
        }
    }

    /** Steps by features. */
    record Series(int length, int features) implements Shape {
        @Override
        public long size() {
            return (long) length * features;
        }

        @Override
        public String toString() {
            return length + "x" + features;
        }
    }

    /** Any number of steps by features. */
    record Sequence(int features) implements Shape {
        @Override
        public long size() {
            return features;
        }

        @Override
        public String toString() {
            return "time x " + features;
        }
    }
}
