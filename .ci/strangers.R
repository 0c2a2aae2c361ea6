# Writes data sets that come with R as competitions: train.csv, test.csv, sample_submission.csv, the answers, and what they are scored by.
#   Rscript .ci/strangers.R FOLDER
# 30% of the rows, at random or the latest, are asked for. `.ci/strangers` calls it.
suppressMessages({library(modeldata); library(ggplot2); library(caret); library(mlbench); library(AER)})
folder <- commandArgs(trailingOnly = TRUE)[1]

# kind: what the sample shows: "prob" of two classes, "probs" of each class, "label", or "num"
competition <- function(name, data, target, metric, kind, later = NULL) {
  set.seed(1)
  data <- as.data.frame(data)
  data <- data[rowSums(is.na(data[, target, drop = FALSE])) == 0, , drop = FALSE]
  names(data) <- gsub("[^A-Za-z0-9_]", "_", names(data))
  n <- nrow(data)
  if (is.null(later)) {
    data <- data[sample(n), , drop = FALSE]
    asked <- sample(n, round(0.3 * n))
  } else {
    data <- data[order(data[[later]]), ]
    asked <- which(data[[later]] > sort(data[[later]])[round(0.7 * n)])
  }
  data <- cbind(id = seq_len(n), data)
  if (kind == "prob") {
    data[[target]] <- as.integer(as.character(data[[target]]) == sort(unique(as.character(data[[target]])))[2])
  }
  train <- data[-asked, ]
  answers <- data[asked, c("id", target)]
  sample <- answers
  if (kind == "probs") {
    classes <- sort(unique(as.character(data[[target]])))
    sample <- cbind(id = answers$id, as.data.frame(matrix(1 / length(classes), nrow(answers), length(classes), dimnames = list(NULL, classes))))
  } else {
    for (column in target) {
      sample[[column]] <- switch(kind, prob = 0.5, label = as.character(train[[column]])[1], num = round(mean(train[[column]]), 3))
    }
  }
  into <- file.path(folder, name)
  dir.create(into, recursive = TRUE, showWarnings = FALSE)
  write <- function(table, file) write.csv(table, file.path(into, file), row.names = FALSE, na = "")
  write(train, "train.csv")
  write(data[asked, !(names(data) %in% target)], "test.csv")
  write(sample, "sample_submission.csv")
  write(answers, "answers.csv")
  writeLines(paste(metric, kind, paste(target, collapse = ",")), file.path(into, "scored.txt"))
}

take <- function(name, package) { data(list = name, package = package, envir = environment()); get(name) }
competition("alzheimer", take("ad_data", "modeldata"), "Class", "auc", "prob")
competition("attrition", take("attrition", "modeldata"), "Attrition", "auc", "prob")
competition("boston", take("BostonHousing", "mlbench"), "medv", "rmse", "num")
competition("cars", take("car_prices", "modeldata"), "Price", "rmsle", "num")
cells <- take("cells", "modeldata")
competition("cells", cells[, names(cells) != "case"], "class", "auc", "prob")
competition("chicago", take("Chicago", "modeldata"), "ridership", "mae", "num", later = "date")
competition("churn-mlc", take("mlc_churn", "modeldata"), "churn", "auc", "prob")
competition("churn-telco", take("wa_churn", "modeldata"), "churn", "auc", "prob")
competition("concrete", take("concrete", "modeldata"), "compressive_strength", "rmse", "num")
competition("credit", take("credit_data", "modeldata"), "Status", "auc", "prob")
competition("diamonds", take("diamonds", "ggplot2"), "price", "rmsle", "num")
foods <- new.env()
data(small_fine_foods, package = "modeldata", envir = foods)
competition("foods", rbind(foods$training_data, foods$testing_data)[, c("product", "review", "score")], "score", "accuracy", "label")
competition("german", take("GermanCredit", "caret"), "Class", "auc", "prob")
competition("hmda", take("HMDA", "AER"), "deny", "accuracy", "label")
competition("hpc", take("hpc_data", "modeldata"), "class", "log_loss", "probs")
competition("lending", take("lending_club", "modeldata"), "Class", "auc", "prob")
competition("letters", take("LetterRecognition", "mlbench"), "lettr", "accuracy", "label")
competition("meats", take("meats", "modeldata"), c("water", "fat", "protein"), "rmse", "num")
competition("parkinson", take("pd_speech", "modeldata"), "class", "auc", "prob")
competition("pima", take("PimaIndiansDiabetes2", "mlbench"), "diabetes", "accuracy", "label")
competition("sacramento", take("Sacramento", "modeldata"), "price", "rmsle", "num")
competition("satellite", take("Satellite", "mlbench"), "classes", "accuracy", "label")
competition("soybean", take("Soybean", "mlbench"), "Class", "accuracy", "label")
competition("stackoverflow", take("stackoverflow", "modeldata"), "Remote", "auc", "prob")
star <- take("STAR", "AER")
star <- star[!is.na(star$math3), c("gender", "ethnicity", "birth", "star3", "math3", "lunch3", "school3", "degree3", "ladder3", "experience3", "tethnicity3", "system3", "schoolid3")]
star$birth <- as.character(star$birth)
competition("star-math", star, "math3", "rmse", "num")
tate <- take("tate_text", "modeldata")
competition("tate", tate[, names(tate) != "id"], "year", "mae", "num")
sales <- as.data.frame(take("txhousing", "ggplot2"))
sales$month <- sprintf("%d-%02d-01", sales$year, sales$month)
competition("txsales", sales[, c("city", "month", "inventory", "listings", "median", "sales")], "sales", "rmsle", "num", later = "month")
competition("vehicle", take("Vehicle", "mlbench"), "Class", "log_loss", "probs")
visits <- take("NMES1988", "AER")
competition("visits", visits[, c("visits", "hospital", "health", "chronic", "adl", "region", "age", "afam", "gender", "married", "school", "income", "employed", "insurance", "medicaid")],
            "visits", "rmsle", "num")
competition("wages", take("CPS1988", "AER"), "wage", "rmsle", "num")
