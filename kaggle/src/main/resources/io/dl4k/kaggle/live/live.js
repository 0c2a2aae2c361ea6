(function () {
  "use strict";
  const HEIGHT = 190;
  // Points of a chart; more are thinned by keeping every second one.
  const MOST = 1200;
  const root = document.documentElement;
  const at = id => document.getElementById(id);
  const color = name => getComputedStyle(root).getPropertyValue(name).trim();
  const font = "12px system-ui, sans-serif";
  const short = v => v == null ? "–" : Math.abs(v) >= 1e6 ? Number((v / 1e6).toPrecision(4)) + "M" : Math.abs(v) >= 1e4 ? Number((v / 1e3).toPrecision(4)) + "k"
    : Math.abs(v) < 1e-3 && v !== 0 ? v.toExponential(1) : Number(v.toPrecision(4)).toString();
  const clock = s => s >= 3600 ? Math.floor(s / 3600) + " h " + Math.floor(s % 3600 / 60) + " min" : s >= 60 ? Math.floor(s / 60) + " min " + Math.floor(s % 60) + " s" : Math.floor(s) + " s";

  // What is only estimated is not told to the second.
  const rough = s => s >= 5400 ? Number((s / 3600).toPrecision(2)) + " h" : s >= 90 ? Math.round(s / 60) + " min" : s >= 20 ? Math.round(s / 10) * 10 + " s" : Math.ceil(s) + " s";

  // One series: its colour, width, dash, and points [x, y].
  const line = (tone, width, dash) => ({ tone, width, dash, x: [], y: [] });
  const charts = {
    loss: [line("--accent", 1), line("--accent", 2.5), line("--second", 2.5, [6, 4])],
    score: [line("--accent", 2.5)],
    rate: [line("--accent", 2)],
    norm: [line("--accent", 2)],
    throughput: [line("--accent", 2)],
    memory: [line("--accent", 2), line("--second", 2), line("--soft", 1.5, [6, 4])]
  };
  const plots = {};
  const dirty = new Set(Object.keys(charts));

  function push(series, x, y) {
    if (y == null) return;
    series.x.push(x);
    series.y.push(y);
    if (series.x.length > MOST) {
      series.x = series.x.filter((v, i) => i % 2 === 1);
      series.y = series.y.filter((v, i) => i % 2 === 1);
    }
  }

  function columns(id) {
    const drawn = charts[id].filter(s => s.x.length);
    if (!drawn.length) return [[], ...charts[id].map(() => [])];
    // A series without points yet: one that is nowhere.
    return uPlot.join(charts[id].map(s => s.x.length ? [s.x, s.y] : [[drawn[0].x[0]], [null]]));
  }

  function axis(more) {
    return Object.assign({ stroke: () => color("--soft"), font, ticks: { stroke: () => color("--line"), width: 1 }, grid: { stroke: () => color("--line"), width: 1 } }, more);
  }

  function build(id) {
    const place = at(id);
    if (plots[id]) plots[id].destroy();
    const single = id === "score" || id === "loss";
    plots[id] = new uPlot({
      width: place.clientWidth, height: HEIGHT, cursor: { show: false }, legend: { show: false },
      scales: { x: { time: false }, y: { range: (u, low, high) => low == null ? [0, 1] : low === high ? [low - (Math.abs(low) / 10 || 1), high + (Math.abs(high) / 10 || 1)] : uPlot.rangeNum(low, high, 0.08, id === "memory") } },
      axes: [axis({ values: (u, splits) => splits.map(short), space: 45 }), axis({ size: 56, values: (u, splits) => splits.map(short) })],
      series: [{}, ...charts[id].map((s, i) => ({ stroke: () => s.tone === "--accent" && s.width < 1.5 ? "rgb(" + color("--accent-rgb") + " / 0.5)" : color(s.tone), width: s.width, dash: s.dash, spanGaps: true,
        points: { show: single && i > 0 || id === "score", size: 5, fill: () => color(s.tone), stroke: () => color(s.tone) } }))]
    }, columns(id), place);
  }

  const run = { networks: 0, done: 0, number: 0, epochs: 1, epoch: 0, best: null, higher: true, metric: "score", name: "", now: 0, since: performance.now(), started: 0, ended: false, norms: 0, steps: 0 };

  function forget() {
    for (const id of ["loss", "score", "rate", "norm"]) {
      charts[id].forEach(s => { s.x = []; s.y = []; });
      dirty.add(id);
    }
  }

  const take = {
    run(e) {
      run.metric = e.metric;
      run.higher = e.higher;
      document.title = e.title + " - DL4K live";
      at("title").textContent = e.title + ", on " + e.device;
      at("score-caption").textContent = "Validation " + e.metric + " by epoch";
      at("best-name").textContent = "best " + e.metric;
      at("score-name").textContent = e.metric;
    },
    networks(e) { run.networks = e.networks; },
    network(e) {
      Object.assign(run, { number: e.number, epochs: e.epochs, epoch: 0, started: e.t });
      run.name = e.candidate + (e.fold === 0 ? ", all rows" : e.folds > 1 ? ", fold " + e.fold + " of " + e.folds : "");
      forget();
    },
    started() {},
    step(e) {
      run.epoch = e.epoch;
      run.steps++;
      if (e.norm != null) run.norms++;
      push(charts.loss[0], e.epoch, e.loss);
      push(charts.rate[0], e.epoch, e.rate);
      push(charts.norm[0], e.epoch, e.norm);
      push(charts.throughput[0], e.t, e.speed);
      at("speed").textContent = short(e.speed);
      ["loss", "rate", "norm", "throughput"].forEach(id => dirty.add(id));
    },
    epoch(e) {
      run.epoch = e.epoch;
      push(charts.loss[1], e.epoch, e.loss);
      push(charts.loss[2], e.epoch, e.validation);
      push(charts.score[0], e.epoch, e.score);
      if (!charts.rate[0].x.length || charts.rate[0].x.at(-1) < e.epoch) push(charts.rate[0], e.epoch, e.rate);
      push(charts.throughput[0], e.t, e.speed);
      at("speed").textContent = short(e.speed);
      ["loss", "score", "rate", "throughput"].forEach(id => dirty.add(id));
    },
    finished(e) {
      run.done = e.number;
      run.epoch = 0;
      if (e.score != null && (run.best == null || (run.higher ? e.score > run.best : e.score < run.best))) run.best = e.score;
      const row = document.createElement("tr");
      const cells = [e.number, e.candidate, e.fold || "all", e.score == null ? "–" : e.score.toFixed(4), e.resumed ? "resumed" : (e.t - run.started).toFixed(1)];
      cells.forEach((text, i) => {
        const cell = document.createElement(i === 0 ? "th" : "td");
        cell.textContent = text;
        if (i > 1) cell.className = "number";
        row.append(cell);
      });
      at("networks").prepend(row);
    },
    memory(e) {
      push(charts.memory[0], e.t, e.heap);
      push(charts.memory[1], e.t, e.offHeap);
      push(charts.memory[2], e.t, e.resident);
      dirty.add("memory");
    },
    end(e) {
      run.ended = true;
      at("summary").hidden = false;
      at("summary").textContent = e.summary;
    }
  };

  function state(text, kind) {
    at("state").textContent = text;
    at("state").className = kind;
  }

  function draw() {
    const share = run.networks ? Math.min(1, (run.done + (run.number > run.done ? Math.min(1, run.epoch / run.epochs) : 0)) / run.networks) : 0;
    const time = run.ended ? run.now : run.now + (performance.now() - run.since) / 1000;
    at("progress").value = run.ended ? 1 : share;
    at("network").textContent = run.networks ? Math.max(run.done, run.number) + " of " + run.networks : "–";
    at("best").textContent = run.best == null ? "–" : run.best.toFixed(4);
    at("time").textContent = clock(time) + (run.ended ? "" : share > 0.02 && share < 1 ? ", " + rough(time / share - time) + " left" : "");
    at("training").textContent = !run.name ? "Training" : run.ended ? "Last network: " + run.name : run.number > run.done
      ? "Training " + run.name + ", epoch " + Math.min(run.epochs, Math.floor(run.epoch) + 1) + " of " + run.epochs : run.done < run.networks ? "Trained " + run.name : "Predicting and writing";
    at("no-norm").hidden = !(run.steps > 3 && run.norms === 0);
    for (const id of dirty) {
      if (plots[id]) plots[id].setData(columns(id));
      else build(id);
    }
    dirty.clear();
    root.dataset.charts = String(Object.keys(plots).length);
  }

  const events = new EventSource("events");
  events.onopen = () => state("live", "on");
  events.onmessage = message => {
    const e = JSON.parse(message.data);
    run.now = e.t;
    run.since = performance.now();
    take[e.kind](e);
    if (e.kind === "end") {
      events.close();
      state("the run has ended", "off");
      draw();
    }
    root.dataset.events = String(Number(root.dataset.events || 0) + 1);
  };
  events.onerror = () => {
    if (!run.ended) {
      run.ended = true;
      events.close();
      state("the run has ended or was stopped", "off");
    }
  };
  draw();
  setInterval(draw, 250);
  const observer = new ResizeObserver(() => Object.keys(plots).forEach(id => {
    const width = at(id).clientWidth;
    if (width > 0 && plots[id].width !== width) plots[id].setSize({ width, height: HEIGHT });
  }));
  document.querySelectorAll(".chart").forEach(place => observer.observe(place));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => Object.keys(plots).forEach(build));
})();
