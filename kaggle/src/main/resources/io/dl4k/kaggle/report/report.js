(function () {
  "use strict";
  const { data, color, faint, short, axis, valueAxis, add, plot } = charts;

  function drawFolds(paper) {
    const folds = data.folds;
    const points = [];
    folds.forEach((candidate, i) => {
      const n = candidate.scores.length;
      // Side by side, so that equal scores stay apart.
      candidate.scores.forEach((score, f) => points.push([i + (n === 1 ? 0 : (f / (n - 1) - 0.5) * 0.4), score]));
    });
    const bars = chart => {
      const ctx = chart.ctx;
      const ratio = uPlot.pxRatio;
      const x = v => chart.valToPos(v, "x", true);
      const y = v => chart.valToPos(v, "y", true);
      ctx.save();
      ctx.strokeStyle = color("--second");
      folds.forEach((candidate, i) => {
        ctx.lineWidth = 2 * ratio;
        ctx.beginPath();
        ctx.moveTo(x(i - 0.28), y(candidate.mean));
        ctx.lineTo(x(i + 0.28), y(candidate.mean));
        if (candidate.error != null) {
          ctx.moveTo(x(i + 0.28), y(candidate.mean - candidate.error));
          ctx.lineTo(x(i + 0.28), y(candidate.mean + candidate.error));
        }
        ctx.stroke();
      });
      ctx.restore();
    };
    const lows = folds.map(c => Math.min(...c.scores, c.mean - (c.error || 0)));
    const highs = folds.map(c => Math.max(...c.scores, c.mean + (c.error || 0)));
    const low = Math.min(...lows), high = Math.max(...highs);
    const pad = (high - low) * 0.08 || Math.abs(high) * 0.05 || 1;
    add("folds", {
      cursor: { show: false }, legend: { show: false },
      scales: { x: { time: false, range: [-0.5, folds.length - 0.5] }, y: { range: [low - pad, high + pad] } },
      axes: [axis({ grid: { show: false }, splits: () => folds.map((c, i) => i), values: () => folds.map(c => c.name) }), valueAxis()],
      series: [{}, { label: data.metric, paths: () => null, points: { show: true, size: 8, width: 1, stroke: () => color("--card"), fill: () => color("--accent") } }],
      hooks: { draw: [bars] }
    }, [points.map(p => p[0]), points.map(p => p[1])], paper);
  }

  function drawCurve(curve, paper) {
    const epochs = Array.from({ length: curve.epochs }, (v, i) => i + 1);
    const single = curve.epochs === 1;
    const series = [{ label: "epoch", value: (chart, v) => v == null ? "–" : String(v) }];
    const columns = [epochs];
    for (const line of curve.lines) {
      series.push({ class: "thin", stroke: () => faint(0.55), width: 1, points: { show: single, size: 5 } });
      columns.push(line);
    }
    series.push({ label: curve.lines.length > 1 ? "mean " + curve.name : curve.name, stroke: () => color("--accent"), width: 2.5,
      points: { show: single, size: 9 }, value: (chart, v) => short(v) });
    columns.push(curve.mean);
    if (curve.second) {
      series.push({ label: "validation", stroke: () => color("--second"), width: 2.5, dash: [6, 4], points: { show: single, size: 9 }, value: (chart, v) => short(v) });
      columns.push(curve.second);
    }
    add(curve.id, {
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { time: false, range: single ? [0.5, 1.5] : [1, curve.epochs] } },
      axes: [axis({ incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] }), valueAxis()],
      series
    }, columns, paper);
  }

  charts.start(paper => {
    drawFolds(paper);
    data.curves.forEach(curve => drawCurve(curve, paper));
    data.plots.forEach(one => plot(one, paper));
  });
})();
