(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  // Wide enough for a page of paper, whatever the screen is.
  const PAPER = 640;
  const HEIGHT = 240;
  let charts = [];

  const color = name => getComputedStyle(root).getPropertyValue(name).trim();
  const faint = alpha => "rgb(" + color("--accent-rgb") + " / " + alpha + ")";
  const short = v => v == null ? "–" : Math.abs(v) >= 1000 ? v.toFixed(0) : Number(v.toPrecision(4)).toString();
  const compact = v => Math.abs(v) >= 1e6 ? v / 1e6 + "M" : Math.abs(v) >= 1e4 ? v / 1e3 + "k" : short(v);
  const font = "12px system-ui, sans-serif";

  function axis(more) {
    return Object.assign({ stroke: () => color("--soft"), font, ticks: { stroke: () => color("--line"), width: 1 },
      grid: { stroke: () => color("--line"), width: 1 } }, more);
  }

  // Labels of a scale whose numbers differ late are longer than uPlot's usual margin.
  function labelSize(chart, values) {
    const longest = (values || []).reduce((n, v) => Math.max(n, v.length), 0);
    return 22 + longest * 7;
  }

  function valueAxis() {
    return axis({ size: labelSize, values: (chart, splits) => splits.map(v => Number(v.toPrecision(10)).toString()) });
  }

  function width(place, paper) {
    return paper ? (place.closest(".pair") ? PAPER / 2 - 12 : PAPER) : place.clientWidth;
  }

  function add(id, options, columns, paper) {
    const place = document.getElementById(id);
    options.width = width(place, paper);
    options.height = HEIGHT;
    charts.push({ place, chart: new uPlot(options, columns, place) });
  }

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

  // uPlot has axes and scales; points in a plane that share no x are drawn by hand.
  function drawPlot(plot, paper) {
    const scale = axis => ({ time: false, auto: false, distr: axis.logarithmic ? 3 : 1, range: [axis.low, axis.high] });
    const paint = chart => {
      const ctx = chart.ctx;
      const ratio = uPlot.pxRatio;
      const x = v => chart.valToPos(v, "x", true);
      const y = v => chart.valToPos(v, "y", true);
      ctx.save();
      ctx.beginPath();
      ctx.rect(chart.bbox.left - 5 * ratio, chart.bbox.top - 5 * ratio, chart.bbox.width + 10 * ratio, chart.bbox.height + 10 * ratio);
      ctx.clip();
      for (const series of plot.series) {
        const tone = series.tone === "accent" ? color("--accent") : series.tone === "second" ? color("--second") : color("--soft");
        ctx.strokeStyle = ctx.fillStyle = tone;
        ctx.globalAlpha = series.draw === "dots" ? 0.45 : series.draw === "bars" ? (series.tone === "soft" ? 0.3 : 0.75) : 1;
        ctx.setLineDash(series.draw === "dash" ? [6 * ratio, 4 * ratio] : []);
        ctx.lineWidth = (series.draw === "dash" ? 1.5 : 2.25) * ratio;
        const n = series.x.length;
        if (series.draw === "line" || series.draw === "dash") {
          ctx.beginPath();
          for (let i = 0; i < n; i++) ctx.lineTo(x(series.x[i]), y(series.y[i]));
          ctx.stroke();
        } else if (series.draw === "bars") {
          const step = n > 1 ? Math.min(...series.x.slice(1).map((v, i) => v - series.x[i])) : (plot.x.high - plot.x.low) / 10;
          const wide = Math.max(ratio, Math.abs(x(plot.x.low + step) - x(plot.x.low)) * 0.86);
          for (let i = 0; i < n; i++) ctx.fillRect(x(series.x[i]) - wide / 2, y(series.y[i]), wide, y(plot.y.low) - y(series.y[i]));
        } else {
          const radius = (series.draw === "mark" ? 4.5 : n > 300 ? 1.7 : 2.5) * ratio;
          for (let i = 0; i < n; i++) {
            ctx.beginPath();
            ctx.arc(x(series.x[i]), y(series.y[i]), radius, 0, 2 * Math.PI);
            ctx.fill();
          }
        }
      }
      ctx.restore();
    };
    const named = (name, more) => Object.assign(valueAxis(), { values: (chart, splits) => splits.map(v => compact(Number(v.toPrecision(10)))), label: name, labelFont: font, labelSize: 18, labelGap: 0 }, more);
    // A logarithmic axis has room for few numbers on a phone: powers of ten, and between them only as many as stay few.
    const steps = axis => {
      for (const digits of [[1, 2, 5], [1, 3], [1]]) {
        const all = [];
        for (let power = Math.floor(Math.log10(axis.low)); power <= Math.log10(axis.high); power++) {
          for (const digit of digits) all.push(Number((digit * 10 ** power).toPrecision(3)));
        }
        const inside = all.filter(v => v >= axis.low && v <= axis.high);
        if (inside.length <= 6) return inside;
      }
      return [];
    };
    const few = axis => axis.logarithmic ? { splits: () => steps(axis), filter: (chart, splits) => splits, values: (chart, splits) => splits.map(compact) } : {};
    add(plot.id, {
      cursor: { show: false }, legend: { show: false },
      scales: { x: scale(plot.x), y: scale(plot.y) },
      axes: [named(plot.x.name, Object.assign({ size: 32 }, few(plot.x))), named(plot.y.name, few(plot.y))],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: { draw: [paint] }
    }, [[plot.x.low, plot.x.high], [plot.y.low, plot.y.high]], paper);
  }

  function draw(paper) {
    charts.forEach(c => c.chart.destroy());
    charts = [];
    drawFolds(paper);
    data.curves.forEach(curve => drawCurve(curve, paper));
    data.plots.forEach(plot => drawPlot(plot, paper));
    root.dataset.charts = String(charts.length);
  }

  draw(false);
  const observer = new ResizeObserver(() => {
    if (root.classList.contains("printing")) return;
    charts.forEach(c => {
      if (c.place.clientWidth > 0 && c.chart.width !== c.place.clientWidth) c.chart.setSize({ width: c.place.clientWidth, height: HEIGHT });
    });
  });
  document.querySelectorAll(".chart").forEach(place => observer.observe(place));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(root.classList.contains("printing")));
  // Paper is white: a canvas keeps the colours it was drawn in.
  addEventListener("beforeprint", () => {
    root.classList.add("printing");
    document.querySelectorAll("details").forEach(d => { d.dataset.wasOpen = d.open; d.open = true; });
    draw(true);
  });
  addEventListener("afterprint", () => {
    root.classList.remove("printing");
    document.querySelectorAll("details").forEach(d => { d.open = d.dataset.wasOpen === "true"; });
    draw(false);
  });
})();
