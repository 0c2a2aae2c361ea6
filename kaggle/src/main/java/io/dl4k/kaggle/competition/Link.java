package io.dl4k.kaggle.competition;

/** The scale on which numbers are learned and averaged. */
public enum Link {
    /** As they are. */
    IDENTITY {
        @Override
        double apply(double y) {
            return y;
        }

        @Override
        double inverse(double x) {
            return x;
        }
    },
    /** {@code ln(1 + y)}, for numbers of at least 0 whose ratios matter, as in RMSLE. */
    LOG1P {
        @Override
        double apply(double y) {
            return Math.log1p(y);
        }

        @Override
        double inverse(double x) {
            return Math.expm1(x);
        }
    };

    abstract double apply(double y);

    abstract double inverse(double x);
}
