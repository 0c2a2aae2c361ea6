package io.dl4k.data;

/**
 * A smooth field that says how far from each point of an image its pixel is to be looked up: cubic B-splines over a coarse grid, the free-form deformation of Rueckert, Sonoda, Hayes, Hill,
 * Leach and Hawkes, "Nonrigid registration using free-form deformations" (IEEE Transactions on Medical Imaging, 1999). It bends handwriting as the elastic
 * distortions of Simard, Steinkraus and Platt, "Best practices for convolutional neural networks applied to visual document analysis" (ICDAR 2003) do, for
 * less work.
 */
final class Bend {
    /** Every pixel where it is. */
    static final Bend NONE = new Bend(new double[0]);
    /** Of the grid, in each direction. */
    static final int CELLS = 3;
    /** A cell's splines reach over a node before and one after it. */
    static final int NODES = CELLS + 3;
    private static final int REACH = 4;

    /** How far to the right of each node, row after row, then how far below it. */
    private final double[] moves;

    /** @param moves of all nodes, pixels */
    Bend(double[] moves) {
        this.moves = moves;
    }

    /** @param most pixels to either side, of a node and with it of any point */
    static Bend draw(CounterRandom random, double most) {
        if (most == 0) return NONE;
        double[] moves = new double[2 * NODES * NODES];
        for (int i = 0; i < moves.length; i++) moves[i] = random.within(most);
        return new Bend(moves);
    }

    /** The moves along one row of pixels, for {@link #right} and {@link #down}. */
    double[] along(Axis rows, int y) {
        double[] along = new double[2 * NODES];
        for (int column = 0; column < NODES; column++) {
            for (int i = 0; i < REACH; i++) {
                int node = (rows.cell(y) + i) * NODES + column;
                along[column] += rows.weight(y, i) * moves[node];
                along[NODES + column] += rows.weight(y, i) * moves[NODES * NODES + node];
            }
        }
        return along;
    }

    /** Pixels to the right of this column's point. */
    static double right(double[] along, Axis columns, int x) {
        return at(along, 0, columns, x);
    }

    /** Pixels below this column's point. */
    static double down(double[] along, Axis columns, int x) {
        return at(along, NODES, columns, x);
    }

    private static double at(double[] along, int from, Axis columns, int x) {
        double sum = 0;
        for (int i = 0; i < REACH; i++) sum += columns.weight(x, i) * along[from + columns.cell(x) + i];
        return sum;
    }

    /** Where the pixels of a side of an image lie in the grid, and how much each of the four nodes near them counts. */
    static final class Axis {
        private final int[] cells;
        private final double[] weights;

        /** @param pixels of the side, at least 1 */
        Axis(int pixels) {
            cells = new int[pixels];
            weights = new double[REACH * pixels];
            for (int p = 0; p < pixels; p++) {
                double at = pixels == 1 ? 0 : (double) p * CELLS / (pixels - 1);
                cells[p] = (int) Math.min(CELLS - 1, at);
                double u = at - cells[p];
                weights[REACH * p] = (1 - u) * (1 - u) * (1 - u) / 6;
                weights[REACH * p + 1] = (3 * u * u * u - 6 * u * u + 4) / 6;
                weights[REACH * p + 2] = (-3 * u * u * u + 3 * u * u + 3 * u + 1) / 6;
                weights[REACH * p + 3] = u * u * u / 6;
            }
        }

        int cell(int pixel) {
            return cells[pixel];
        }

        double weight(int pixel, int node) {
            return weights[REACH * pixel + node];
        }
    }
}
