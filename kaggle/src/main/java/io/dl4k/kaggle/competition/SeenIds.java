package io.dl4k.kaggle.competition;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Ids met so far: a bit for each whole number, wherever they lie, and the text of others. */
final class SeenIds {
    private static final int BLOCK_BITS = 16;

    private final Map<Integer, BitSet> numbers = new HashMap<>();
    private final Set<String> others = new HashSet<>();

    /** @return whether it is new */
    boolean add(String id) {
        if (!id.matches("0|[1-9]\\d{0,8}")) {
            return others.add(id);
        }
        int number = Integer.parseInt(id);
        BitSet block = numbers.computeIfAbsent(number >> BLOCK_BITS, n -> new BitSet(1 << BLOCK_BITS));
        int bit = number & (1 << BLOCK_BITS) - 1;
        boolean isNew = !block.get(bit);
        block.set(bit);
        return isNew;
    }
}
