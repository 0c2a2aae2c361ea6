"""Scores a submission and three models of scikit-learn on a competition that strangers.R wrote: python3 .ci/strangers.py FOLDER"""
import os
import sys

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn import metrics
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegressionCV, RidgeCV
from sklearn.preprocessing import StandardScaler

folder = sys.argv[1]
metric, kind, targets = open(f"{folder}/scored.txt").read().split()
targets = targets.split(",")
train, test, answers = (pd.read_csv(f"{folder}/{name}.csv") for name in ("train", "test", "answers"))


def score(submission):
    submission = submission.set_index("id").loc[answers["id"]]
    if kind == "probs":
        p = np.clip(submission.values, 1e-15, 1)
        p /= p.sum(axis=1, keepdims=True)
        return -np.log(p[np.arange(len(p)), [list(submission.columns).index(str(label)) for label in answers[targets[0]]]]).mean()
    actual, predicted = answers[targets].values, submission[targets].values
    if metric == "auc":
        return metrics.roc_auc_score(actual[:, 0], predicted[:, 0])
    if metric == "accuracy":
        return (actual.astype(str) == predicted.astype(str)).mean()
    if metric == "rmsle":
        actual, predicted = np.log1p(actual), np.log1p(np.maximum(predicted, 0))
    return np.abs(actual - predicted).mean() if metric == "mae" else np.sqrt(((actual - predicted) ** 2).mean())


# Features: dates in parts, texts by TF-IDF, categories as codes for trees and one by one for the linear model.
rows = len(train)
table = pd.concat([train[test.columns], test]).drop(columns="id").reset_index(drop=True)
categories, texts = [], []
for column in list(table):
    if table[column].dtype != object:
        continue
    known = table[column].dropna()
    if known.str.match(r"^\d{4}-\d\d-\d\d$").all():
        date = pd.to_datetime(table.pop(column))
        table[f"{column} time"] = date.dt.year + date.dt.dayofyear / 366
        table[f"{column} month"], table[f"{column} weekday"], table[f"{column} day"] = date.dt.month, date.dt.dayofweek, date.dt.dayofyear
    else:
        (texts if known.nunique() > 0.3 * len(table) and known.str.split().str.len().mean() > 1.5 else categories).append(column)
words = table[texts].fillna("").agg(" ".join, axis=1) if texts else None
table = table.drop(columns=texts)
coded = table.copy()
for column in categories:
    filled = table[column].fillna("NA")
    coded[column] = filled.where(filled.isin(filled.value_counts().index[:250]), "other").astype("category").cat.codes
by_trees, is_category = coded.values.astype(float), [column in categories for column in coded]
linear = pd.get_dummies(table.fillna({column: "NA" for column in categories}), columns=[c for c in categories if table[c].nunique() < 300]).select_dtypes("number")
for column in linear.columns[linear.isna().any()]:
    linear[f"{column} missing"] = linear[column].isna() * 1
linear = linear.fillna(linear.median()).values.astype(float)
linear = StandardScaler().fit_transform(linear) if linear.shape[1] else linear
if texts:
    terms = TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2)).fit_transform(words)
    parts = TruncatedSVD(50, random_state=0).fit_transform(terms)
    by_trees, is_category = np.hstack([by_trees, parts]), is_category + [False] * parts.shape[1]
    linear = sparse.hstack([sparse.csr_matrix(linear), terms * 5]).tocsr()
by_forest = np.nan_to_num(by_trees, nan=-999)

boosting = dict(max_iter=300, learning_rate=0.05, early_stopping=rows > 2000, categorical_features=is_category, random_state=0)
predictions = {}
if kind in ("prob", "probs", "label"):
    y = train[targets[0]].values if kind == "prob" else train[targets[0]].astype(str).values
    forest = RandomForestClassifier(300, min_samples_leaf=2, random_state=0).fit(by_forest[:rows], y)
    classes = forest.classes_
    predictions["trees"] = HistGradientBoostingClassifier(**boosting).fit(by_trees[:rows], y).predict_proba(by_trees[rows:])
    predictions["forest"] = forest.predict_proba(by_forest[rows:])
    if rows < 8000:
        model = LogisticRegressionCV(Cs=6, cv=3, max_iter=200, scoring="neg_log_loss").fit(linear[:rows], y)
        predictions["linear"] = model.predict_proba(linear[rows:])
else:
    loss = "absolute_error" if metric == "mae" else "squared_error"
    y = np.log1p(train[targets].values) if metric == "rmsle" else train[targets].values

    def of_each(predict):
        return np.stack([predict(y[:, target]) for target in range(len(targets))], axis=1)

    predictions["trees"] = of_each(lambda t: HistGradientBoostingRegressor(loss=loss, **boosting).fit(by_trees[:rows], t).predict(by_trees[rows:]))
    if rows < 8000:
        predictions["forest"] = of_each(lambda t: RandomForestRegressor(200, max_features=0.5, min_samples_leaf=2, random_state=0).fit(by_forest[:rows], t).predict(by_forest[rows:]))
    predictions["linear"] = of_each(lambda t: RidgeCV(np.logspace(-2, 4, 13)).fit(linear[:rows], t).predict(linear[rows:]))
predictions["mean"] = sum(predictions.values()) / len(predictions)


def written(p):
    columns = {"id": test["id"]}
    if kind == "probs":
        columns.update({label: p[:, i] for i, label in enumerate(classes)})
    elif kind == "prob":
        columns[targets[0]] = p[:, 1]
    elif kind == "label":
        columns[targets[0]] = classes[p.argmax(axis=1)]
    else:
        columns.update({target: np.expm1(p[:, i]) if metric == "rmsle" else p[:, i] for i, target in enumerate(targets)})
    return pd.DataFrame(columns)


told = " ".join(f"{name}={score(written(p)):.4f}" for name, p in predictions.items())
print(f"{os.path.basename(folder)} rows={rows} {metric} {told} auto={score(pd.read_csv(f'{folder}/submission.csv')):.4f}", flush=True)
