#!/usr/bin/env python3
"""Times the networks of DL4K's benchmarks in plain PyTorch, on the same card and by the same questions as `./dl4k gpu-check --bench`.

    python3 pytorch_steps.py --out pytorch.json [--beside dl4k.json] [--seconds 150]

Needs PyTorch alone. Implementations: eager; compile (torch.compile, its default mode: kernels fused, no graphs); graphs (the eager step captured in a CUDA graph
once and replayed). Precisions: float32 without TF32, and with it (--tf32 no|yes|both). What is measured, each the median of many, in milliseconds by CUDA events:

  inferenceMs  the output, batch copied to the GPU and result copied back
  forwardMs    the loss as training computes it, batch copied, loss fetched
  gradientMs   loss and gradient, likewise
  stepMs       loss, gradient and Adam, likewise
  busyMs       what of a step the GPU itself computes: ten steps asked for one after the other, no batch copied, nothing fetched
  loopMs       a step of a training loop that feeds another batch each time and fetches the loss, by the wall clock

Host arrays are pinned and copies asynchronous, as DL4K's are. Networks: initial weights and batches are random; only their shapes matter here.
Without a GPU (--device cpu) it runs too, by the wall clock, to show that the script works.
Exit: 0 measured, 2 no GPU or wrong arguments.
"""
import argparse
import json
import platform
import statistics
import sys
import time

import torch
from torch import nn

STEPS, FEATURES, UNITS, WORDS = 50, 64, 128, 10_000
TURNS, AT_ONCE, WARM_UP = 4, 10, 5


class Lstm(nn.Module):
    """64 features, LSTM 128, 10 classes at each of 50 steps. Batches are [batch, time, features], which cuDNN likes best."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(FEATURES, UNITS, batch_first=True)
        self.out = nn.Linear(UNITS, 10)

    def forward(self, x):
        return self.out(self.lstm(x)[0]).flatten(0, 1)


class TextLstm(nn.Module):
    """50 of 10,000 words, embedding 64, bidirectional LSTM 128, the largest over time, 2 classes."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, FEATURES)
        self.lstm = nn.LSTM(FEATURES, UNITS, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * UNITS, 2)

    def forward(self, x):
        return self.out(self.lstm(self.words(x))[0].amax(dim=1))


def block(before, after):
    layers = []
    for inputs in (before, after):
        layers += [nn.Conv2d(inputs, after, 3, padding=1), nn.BatchNorm2d(after, eps=1e-5, momentum=0.1), nn.ReLU()]
    return layers + [nn.MaxPool2d(2)]


def network(name):
    if name == "mlp":
        return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
    if name == "cnn":
        return nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                             nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10))
    if name == "deep_cnn":
        return nn.Sequential(*block(3, 32), *block(32, 64), *block(64, 128), nn.Flatten(), nn.Linear(128 * 4 * 4, 256), nn.ReLU(), nn.Linear(256, 10))
    return Lstm() if name == "lstm" else TextLstm()


NETWORKS = ["mlp", "cnn", "deep_cnn", "lstm", "text_lstm"]


def rows(name, batch, seed):
    g = torch.Generator().manual_seed(seed)
    classes = 2 if name == "text_lstm" else 10
    if name == "text_lstm":
        x = torch.randint(WORDS, (batch, STEPS), generator=g)
    else:
        x = torch.randn({"mlp": (batch, 784), "cnn": (batch, 1, 28, 28), "deep_cnn": (batch, 3, 32, 32), "lstm": (batch, STEPS, FEATURES)}[name], generator=g)
    y = torch.randint(classes, (batch * STEPS if name == "lstm" else batch,), generator=g)
    return x, y


class Clock:
    """Milliseconds from before some work to after it: CUDA events, or the wall clock where there is no GPU."""

    def __init__(self, device):
        self.cuda = device.type == "cuda"

    def once(self, work):
        if not self.cuda:
            start = time.perf_counter()
            work()
            return (time.perf_counter() - start) * 1e3
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        work()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end)

    def median(self, work, runs, enough_ms=400):
        for _ in range(WARM_UP):
            work()
        self.wait()
        times = []
        while len(times) < runs and (len(times) < WARM_UP or sum(times) < enough_ms):
            times.append(self.once(work))
        return statistics.median(times)

    def wait(self):
        if self.cuda:
            torch.cuda.synchronize()


class Trainer:
    """One network with one number of rows. Everything is computed on the batch in `x` and `y`, whose places never change: a graph knows them by address."""

    def __init__(self, name, batch, device, implementation):
        torch.manual_seed(42)
        self.device = device
        self.net = network(name).to(device)
        self.loss = nn.CrossEntropyLoss()
        graphs = implementation == "graphs"
        # capturable: the count of steps lies on the GPU, as a graph needs it. fused: the fastest Adam that PyTorch has; the processor has one too.
        self.adam = torch.optim.Adam(self.net.parameters(), lr=1e-3, fused=True, capturable=graphs)
        self.batches = [rows(name, batch, seed) for seed in range(TURNS)]
        if device.type == "cuda":
            self.batches = [(x.pin_memory(), y.pin_memory()) for x, y in self.batches]
        self.x, self.y = (t.to(device) for t in self.batches[0])
        forward = torch.compile(self.net) if implementation == "compile" else self.net
        self.forward = forward
        self.replays = {}
        if graphs:
            for kind in ("output", "score", "gradient", "step"):
                self.replays[kind] = self.capture(getattr(self, kind))

    def output(self):
        self.net.eval()
        with torch.no_grad():
            return torch.softmax(self.forward(self.x), dim=1)

    def score(self):
        self.net.train()
        with torch.no_grad():
            return self.loss(self.forward(self.x), self.y)

    def gradient(self):
        self.net.train()
        self.adam.zero_grad(set_to_none=True)
        loss = self.loss(self.forward(self.x), self.y)
        loss.backward()
        return loss.detach()

    def step(self):
        loss = self.gradient()
        self.adam.step()
        return loss

    def capture(self, work):
        # As PyTorch's documentation says: some runs on another stream first, which choose algorithms and allocate.
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP):
                work()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            result = work()

        def replay():
            graph.replay()
            return result

        return replay

    def call(self, kind):
        return self.replays.get(kind) or getattr(self, kind)

    def fed(self, kind, turn=0):
        """The batch copied, the work done, the result fetched."""
        x, y = self.batches[turn]
        self.x.copy_(x, non_blocking=True)
        if kind != "output":
            self.y.copy_(y, non_blocking=True)
        result = self.call(kind)()
        return result.cpu() if kind == "output" else result.item()

    def times(self, clock, runs):
        found = {"inferenceMs": clock.median(lambda: self.fed("output"), runs), "forwardMs": clock.median(lambda: self.fed("score"), runs),
                 "gradientMs": clock.median(lambda: self.fed("gradient"), runs), "stepMs": clock.median(lambda: self.fed("step"), runs)}
        step = self.call("step")
        found["busyMs"] = clock.median(lambda: [step() for _ in range(AT_ONCE)], runs) / AT_ONCE
        loops = []
        for _ in range(runs):
            start = time.perf_counter()
            for i in range(AT_ONCE):
                self.fed("step", i % TURNS)
            loops.append((time.perf_counter() - start) * 1e3 / AT_ONCE)
            if sum(loops) * AT_ONCE > 400 and len(loops) >= WARM_UP:
                break
        found["loopMs"] = statistics.median(loops)
        return found


def machine(device):
    found = {"torch": torch.__version__, "python": platform.python_version()}
    if device.type == "cuda":
        p = torch.cuda.get_device_properties(device)
        found |= {"gpu": {"name": p.name, "computeCapability": f"{p.major}.{p.minor}", "memoryMiB": p.total_memory >> 20}, "cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
    return found


def product(clock, device, n, runs):
    a, b = torch.randn(n, n, device=device), torch.randn(n, n, device=device)
    ms = clock.median(lambda: torch.mm(a, b), runs)
    return {"m": n, "n": n, "k": n, "ms": ms, "teraflops": 2 * n**3 / ms / 1e9}


def key(row):
    return row["network"], row["batch"]


def beside(ours, theirs, out):
    """Prints times over DL4K's: above 1 DL4K is faster."""
    own = {key(row): row for row in ours.get("steps", [])}
    measures = ["inferenceMs", "forwardMs", "gradientMs", "stepMs", "busyMs", "loopMs"]
    print(f"\ntime of PyTorch over time of DL4K (float32, commit {ours.get('commit')}): above 1 DL4K is faster", file=out)
    print(f"{'network':<10} {'batch':>5}  {'PyTorch':<16}" + "".join(f"{m[:-2]:>11}" for m in measures), file=out)
    for row in theirs["steps"]:
        if key(row) in own:
            ratios = "".join(f"{row[m] / own[key(row)][m]:>11.2f}" if m in row else f"{'-':>11}" for m in measures)
            print(f"{row['network']:<10} {row['batch']:>5}  {row['implementation'] + ' ' + row['precision']:<16}{ratios}", file=out)


def main():
    parser = argparse.ArgumentParser(description="Times the networks of DL4K's benchmarks in plain PyTorch.")
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--batch", type=int, nargs="+", default=[32, 128, 1024])
    parser.add_argument("--network", nargs="+", default=NETWORKS, choices=NETWORKS)
    parser.add_argument("--implementation", nargs="+", default=["eager", "graphs", "compile"], choices=["eager", "graphs", "compile"])
    parser.add_argument("--tf32", default="both", choices=["no", "yes", "both"])
    parser.add_argument("--runs", type=int, default=60, help="most runs of each measurement")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin nothing new after this long")
    parser.add_argument("--out", required=True, help="JSON to write, again after each network")
    parser.add_argument("--beside", help="the JSON of ./dl4k gpu-check --bench --report: prints ratios")
    options = parser.parse_args()
    start = time.perf_counter()
    if options.device == "cuda" and not torch.cuda.is_available():
        print("pytorch_steps: PyTorch sees no GPU; --device cpu tries the script without one", file=sys.stderr)
        return 2
    device = torch.device(options.device)
    clock = Clock(device)
    results = {"format": 1, "machine": machine(device), "products": [], "steps": [], "skipped": []}

    def save():
        with open(options.out, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)

    # Implementation by implementation: compiling takes longest and comes last.
    work = [(i, tf32, name, batch) for i in options.implementation for tf32 in (False, True) if options.tf32 in ("both", "yes" if tf32 else "no")
            for batch in options.batch for name in options.network]
    if device.type == "cpu":
        work = [w for w in work if w[0] != "graphs" and not w[1]]
    for tf32 in sorted({w[1] for w in work}):
        torch.backends.cuda.matmul.allow_tf32 = tf32
        for n in (512, 1024, 2048, 4096, 8192) if device.type == "cuda" else (256,):
            results["products"].append({"precision": "tf32" if tf32 else "float32"} | product(clock, device, n, options.runs))
    for implementation, tf32, name, batch in work:
        row = {"implementation": implementation, "precision": "tf32" if tf32 else "float32", "network": name, "batch": batch}
        if time.perf_counter() - start > options.seconds:
            results["skipped"].append(row)
            continue
        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.allow_tf32 = tf32
        # Algorithms are tried and the fastest kept.
        torch.backends.cudnn.benchmark = True
        try:
            row |= Trainer(name, batch, device, implementation).times(clock, options.runs)
            results["steps"].append(row)
            print(" ".join(f"{k}={v:.4g}" if isinstance(v, float) else str(v) for k, v in row.items()), flush=True)
        except Exception as e:  # one way that fails, a compiler that is not there, must not hide the others
            results["skipped"].append(row | {"why": f"{type(e).__name__}: {e}"[:300]})
            print(f"skipped {row}: {type(e).__name__}: {e}"[:300], file=sys.stderr, flush=True)
        save()
    save()
    if options.beside:
        with open(options.beside, encoding="utf-8") as file:
            beside(json.load(file), results, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
