"""Measures a block of work: wall time, CPU of the process tree and of the database server, memory.

    with Meter("overlay", "postgis", "30k", server=postmaster_pid) as meter:
        meter.result = {"groups": …}

One JSON line a block goes to standard output. CPU counts the process itself, its children and, if there
is a server, the postmaster with every backend, dead or alive. `othersCpuS` is what the rest of the
machine used meanwhile: where it is not small against wallS × cores, wall times mean little. `peakMB` is
private memory (RssAnon): pages of mapped files and PostgreSQL's shared buffers are not in it.
"""
import json
import os
import pathlib
import resource
import statistics
import sys
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_S = 0.02


class Meter:
    def __init__(self, job: str, engine: str, size: str, *,
                 server: int | tuple[int, ...] | None = None,
                 only_children: bool = False, **facts: object):
        self.facts = {"job": job, "engine": engine, "size": size, **facts}
        self.servers = (server,) if isinstance(server, int) else server or ()
        self.only_children = only_children
        self.result: dict = {}

    def __enter__(self) -> "Meter":
        self._peak = 0
        self._is_done = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()
        self._busy, self._cpu = _machine_cpu(), self._own_cpu()
        self._begun = time.perf_counter()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        wall = time.perf_counter() - self._begun
        cpu = self._own_cpu() - self._cpu
        others = max(0.0, _machine_cpu() - self._busy - cpu)
        self._is_done.set()
        self._sampler.join()
        self.wall, self.cpu, self.others = wall, cpu, others
        self.peak_mb = max(self._peak, self._memory()) / 1000
        if kind is not None:
            self.result = {"error": f"{kind.__name__}: {error}"[:300]}

    def line(self, **more: object) -> dict:
        return {
            **self.facts, "wallS": round(self.wall, 4), "cpuS": round(self.cpu, 4),
            "othersCpuS": round(self.others, 2), "peakMB": round(self.peak_mb), **more,
            "result": self.result, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }

    def _sample(self) -> None:
        while not self._is_done.wait(SAMPLE_S):
            self._peak = max(self._peak, self._memory())

    def _memory(self) -> int:
        """Private kB of the tree, and of the server's processes."""
        own = [] if self.only_children else [os.getpid()]
        pids = own + _descendants(os.getpid())
        for server in self.servers:
            pids += [server] + _descendants(server)
        return sum(_private_kb(pid) for pid in set(pids))

    def _own_cpu(self) -> float:
        total = sum(
            use.ru_utime + use.ru_stime
            for use in (resource.getrusage(resource.RUSAGE_SELF),
                        resource.getrusage(resource.RUSAGE_CHILDREN)))
        for server in self.servers:
            total += _process_cpu(server, with_reaped=True)
            total += sum(_process_cpu(pid, with_reaped=False) for pid in _descendants(server))
        return total


def emit(line: dict) -> None:
    """Prints a line and keeps it in the files that BENCH_RESULTS names."""
    text = json.dumps(line, ensure_ascii=False, sort_keys=False)
    print(text, flush=True)
    for name in filter(None, os.environ.get("BENCH_RESULTS", "").split(":")):
        with open(name, "a", encoding="utf-8") as file:
            file.write(text + "\n")


def best_of(times: int, job: str, engine: str, size: str, work, **facts: object) -> dict:
    """Runs the work so often, and emits the line of the quickest run; `work()` returns the result.

    A run that fails ends it: its line carries the error.
    """
    server, only_children = facts.pop("server", None), facts.pop("only_children", False)
    lines = []
    for _ in range(times):
        meter = Meter(job, engine, size, server=server, only_children=only_children, **facts)
        try:
            with meter:
                meter.result = work()
        except Exception as error:
            print(f"bench: {job}, {engine}, {size}: {error}", file=sys.stderr)
            emit(meter.line())
            return meter.line()
        lines.append(meter.line())
    best = dict(min(lines, key=lambda line: line["wallS"]))
    best["wallsS"] = [line["wallS"] for line in lines]
    best["cpusS"] = [line["cpuS"] for line in lines]
    emit(best)
    return best


def quantiles(seconds: list[float]) -> dict:
    """Nearest-rank quantiles, in milliseconds."""
    ordered = sorted(seconds)

    def rank(share: float) -> float:
        return round(1000 * ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)], 3)

    return {"count": len(ordered), "p50Ms": rank(0.5), "p99Ms": rank(0.99),
            "maxMs": round(1000 * ordered[-1], 3),
            "meanMs": round(1000 * statistics.fmean(ordered), 3)}


def cpu_of(servers: tuple[int, ...]) -> float:
    """CPU seconds that servers and the processes they started have used; threads that ended are not in it."""
    pids = {pid for server in servers for pid in (server, *_descendants(server))}
    return sum(_process_cpu(pid, with_reaped=False) for pid in pids)


def _machine_cpu() -> float:
    """CPU seconds every process of the machine used since it started; steal is not work done here."""
    fields = [int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    user, nice, system, _, _, interrupts, soft = fields[:7]
    return (user + nice + system + interrupts + soft) / TICKS


def _process_cpu(pid: int, *, with_reaped: bool) -> float:
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
        fields = text.rpartition(")")[2].split()
        run_ns = sum(int(pathlib.Path(f"/proc/{pid}/task/{thread}/schedstat").read_text().split()[0])
                     for thread in os.listdir(f"/proc/{pid}/task"))
    except (OSError, ValueError, IndexError):
        return 0.0
    reaped = (int(fields[13]) + int(fields[14])) / TICKS if with_reaped else 0.0
    return run_ns / 1e9 + reaped


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        children = [child for thread in threads for child in pathlib.Path(
            f"/proc/{pid}/task/{thread}/children").read_text().split()]
    except OSError:
        return found
    for child in map(int, children):
        found.append(child)
        found += _descendants(child)
    return found


def _private_kb(pid: int) -> int:
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().split("\n"):
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
