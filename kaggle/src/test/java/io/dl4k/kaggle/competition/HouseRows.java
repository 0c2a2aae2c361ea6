package io.dl4k.kaggle.competition;

import java.util.List;
import java.util.Random;

/** Made-up houses in Kaggle's layout: quality and living area make the price. */
final class HouseRows {
    static final List<String> HEADER = List.of(("Id,MSSubClass,MSZoning,LotFrontage,LotArea,Street,Alley,LotShape,LandContour,Utilities,LotConfig,LandSlope,Neighborhood,Condition1,Condition2,"
            + "BldgType,HouseStyle,OverallQual,OverallCond,YearBuilt,YearRemodAdd,RoofStyle,RoofMatl,Exterior1st,Exterior2nd,MasVnrType,MasVnrArea,ExterQual,ExterCond,Foundation,BsmtQual,"
            + "BsmtCond,BsmtExposure,BsmtFinType1,BsmtFinSF1,BsmtFinType2,BsmtFinSF2,BsmtUnfSF,TotalBsmtSF,Heating,HeatingQC,CentralAir,Electrical,1stFlrSF,2ndFlrSF,LowQualFinSF,GrLivArea,"
            + "BsmtFullBath,BsmtHalfBath,FullBath,HalfBath,BedroomAbvGr,KitchenAbvGr,KitchenQual,TotRmsAbvGrd,Functional,Fireplaces,FireplaceQu,GarageType,GarageYrBlt,GarageFinish,GarageCars,"
            + "GarageArea,GarageQual,GarageCond,PavedDrive,WoodDeckSF,OpenPorchSF,EnclosedPorch,3SsnPorch,ScreenPorch,PoolArea,PoolQC,Fence,MiscFeature,MiscVal,MoSold,YrSold,SaleType,"
            + "SaleCondition,SalePrice").split(","));
    /** A house as it is in the files. */
    static final String TYPICAL = "1,60,RL,65,8450,Pave,NA,Reg,Lvl,AllPub,Inside,Gtl,CollgCr,Norm,Norm,1Fam,2Story,7,5,2003,2003,Gable,CompShg,VinylSd,VinylSd,BrkFace,196,Gd,TA,PConc,Gd,TA,"
            + "No,GLQ,706,Unf,0,150,856,GasA,Ex,Y,SBrkr,856,854,0,1710,1,0,2,1,3,1,Gd,8,Typ,0,NA,Attchd,2003,RFn,2,548,TA,TA,Y,0,61,0,0,0,0,NA,NA,NA,0,2,2008,WD,Normal,208500";

    private HouseRows() {
    }

    /** Houses by number; the same arguments give the same text. @param priced whether with the column to predict */
    static String table(int rows, long seed, int firstId, boolean priced) {
        Random random = new Random(seed);
        StringBuilder csv = new StringBuilder(String.join(",", priced ? HEADER : HEADER.subList(0, HEADER.size() - 1))).append('\n');
        for (int row = 0; row < rows; row++) {
            int quality = 3 + random.nextInt(7);
            int first = 500 + random.nextInt(1200);
            int second = random.nextBoolean() ? random.nextInt(900) : 0;
            int hood = random.nextInt(4);
            long price = Math.round(30 * (first + second) * Math.exp(0.15 * quality + 0.1 * hood + 0.05 * random.nextGaussian()));
            String house = with(TYPICAL, "Id", firstId + row, "OverallQual", quality, "1stFlrSF", first, "2ndFlrSF", second, "GrLivArea", first + second, "TotalBsmtSF", first, "Neighborhood",
                    "Hood" + hood, "LotFrontage", random.nextInt(5) == 0 ? "NA" : 40 + 10 * hood, "YearBuilt", 1950 + random.nextInt(55), "SalePrice", price);
            csv.append(priced ? house : house.substring(0, house.lastIndexOf(','))).append('\n');
        }
        return csv.toString();
    }

    /** The house with other values. @param columnsAndValues in turn */
    static String with(String house, Object... columnsAndValues) {
        String[] fields = house.split(",");
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            fields[HEADER.indexOf(columnsAndValues[i])] = String.valueOf(columnsAndValues[i + 1]);
        }
        return String.join(",", fields);
    }

    static CompetitionFiles files(int train, int test) {
        StringBuilder sample = new StringBuilder("Id,SalePrice\n");
        for (int row = 0; row < test; row++) {
            sample.append(1001 + row).append(",1\n");
        }
        return new CompetitionFiles("houses", Rows.csv("train.csv", table(train, 1, 1, true)), Rows.csv("test.csv", table(test, 2, 1001, false)),
                Rows.csv("sample_submission.csv", sample.toString()));
    }
}
