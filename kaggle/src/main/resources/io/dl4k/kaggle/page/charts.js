// What the scripts of our pages share: charts by uPlot, in the page's colours, as wide as the page, on paper too.
const charts = (function () {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  // Wide enough for a page of paper, whatever the screen is.
  const PAPER = 640;
  const HEIGHT = 240;
  let drawn = [];

  const color = name => getComputedStyle(root).getPropertyValue(name).trim();
  const faint = alpha => "rgb(" + color("--accent-rgb") + " / " + alpha + ")";
  const short = v => v == null ? "–" : Math.abs(v) >= 1000 ? v.toFixed(0) : Number(v.toPrecision(4)).toString();
  const compact = v => Math.abs(v) >= 1e6 ? v / 1e6 + "M" : Math.abs(v) >= 1e4 ? v / 1e3 + "k" : v !== 0 && Math.abs(v) < 1e-3 ? v.toExponential() : short(v);
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
    drawn.push({ place, chart: new uPlot(options, columns, place) });
  }

  // Cells end on whole pixels: where transparent ones overlap, lines would show.
  function paintGround(ctx, plot, x, y) {
    const ground = plot.ground;
    const edge = (at, axis, i, n) => Math.round(at(axis.low + (axis.high - axis.low) * i / n));
    const high = color("--accent-rgb"), low = color("--second-rgb");
    for (let r = 0; r < ground.rows; r++) {
      const top = edge(y, plot.y, r + 1, ground.rows), bottom = edge(y, plot.y, r, ground.rows);
      for (let c = 0; c < ground.columns; c++) {
        const value = ground.values[r * ground.columns + c];
        const strength = ground.diverging ? Math.abs(value - 0.5) * 1.3 : value * 0.9;
        ctx.fillStyle = "rgb(" + (ground.diverging && value < 0.5 ? low : high) + " / " + strength.toFixed(3) + ")";
        const left = edge(x, plot.x, c, ground.columns);
        ctx.fillRect(left, top, edge(x, plot.x, c + 1, ground.columns) - left, bottom - top);
      }
    }
  }

  // uPlot has axes and scales; points in a plane that share no x are drawn by hand.
  function plot(plot, paper) {
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
      if (plot.ground) paintGround(ctx, plot, x, y);
      for (const series of plot.series) {
        const tone = color("--" + series.tone);
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
          const radius = (series.draw === "mark" ? 4.5 : series.draw === "points" ? 3.5 : n > 300 ? 1.7 : 2.5) * ratio;
          ctx.strokeStyle = color("--card");
          ctx.lineWidth = ratio;
          for (let i = 0; i < n; i++) {
            ctx.beginPath();
            ctx.arc(x(series.x[i]), y(series.y[i]), radius, 0, 2 * Math.PI);
            ctx.fill();
            if (series.draw === "points") ctx.stroke();
          }
        }
      }
      ctx.restore();
    };
    const named = (name, more) => Object.assign(valueAxis(), { values: (chart, splits) => splits.map(v => compact(Number(v.toPrecision(10)))), label: name, labelFont: font, labelSize: 18, labelGap: 0 }, more);
    // A logarithmic axis has room for few numbers on a phone: powers of ten, and between them only as many as stay few.
    const steps = (axis, most) => {
      for (const digits of [[1, 2, 5], [1, 3], [1]]) {
        const all = [];
        for (let power = Math.floor(Math.log10(axis.low)); power <= Math.log10(axis.high); power++) {
          for (const digit of digits) all.push(Number((digit * 10 ** power).toPrecision(3)));
        }
        const inside = all.filter(v => v >= axis.low && v <= axis.high);
        if (inside.length <= most) return inside;
      }
      // Many powers of ten: every second, or third, and so on.
      const first = Math.ceil(Math.log10(axis.low)), last = Math.floor(Math.log10(axis.high));
      const stride = Math.ceil((last - first + 1) / most);
      const powers = [];
      for (let power = Math.ceil(first / stride) * stride; power <= last; power += stride) powers.push(Number((10 ** power).toPrecision(3)));
      return powers;
    };
    const few = (axis, most) => axis.logarithmic ? { splits: () => steps(axis, most), filter: (chart, splits) => splits, values: (chart, splits) => splits.map(compact) } : {};
    add(plot.id, {
      cursor: { show: false }, legend: { show: false },
      scales: { x: scale(plot.x), y: scale(plot.y) },
      axes: [named(plot.x.name, Object.assign({ size: 32 }, few(plot.x, 5))), named(plot.y.name, few(plot.y, 6))],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: { draw: [paint] }
    }, [[plot.x.low, plot.x.high], [plot.y.low, plot.y.high]], paper);
  }

  // Draws now, and again where colours or sizes change.
  function start(all) {
    function draw(paper) {
      drawn.forEach(c => c.chart.destroy());
      drawn = [];
      all(paper);
      root.dataset.charts = String(drawn.length);
    }
    draw(false);
    const observer = new ResizeObserver(() => {
      if (root.classList.contains("printing")) return;
      drawn.forEach(c => {
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
  }

  return { data, color, faint, short, axis, valueAxis, add, plot, start };
})();
