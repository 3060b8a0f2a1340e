"""A throw-away PostgreSQL cluster for the benchmark: `cluster.py start|stop|dsn`.

It listens on loopback only, trusts everybody there, and lives in the work folder. Settings are those a
careful administrator would give a two-core machine that does nothing else: PostGIS is to be at its best.
"""
import os
import pathlib
import shlex
import subprocess
import sys

import places

BIN = pathlib.Path(os.environ.get("PG_BIN") or "/usr/lib/postgresql/15/bin")
PORT = int(os.environ.get("BENCH_PORT") or 55499)
DSN = f"host=127.0.0.1 port={PORT} user=postgres dbname=overlay"
SETTINGS = f"""
port={PORT}
listen_addresses='127.0.0.1'
shared_buffers=4GB
effective_cache_size=14GB
work_mem=256MB
maintenance_work_mem=1GB
max_parallel_workers=2
max_parallel_workers_per_gather=2
max_parallel_maintenance_workers=2
max_wal_size=16GB
checkpoint_timeout=30min
wal_level=minimal
max_wal_senders=0
random_page_cost=1.1
effective_io_concurrency=100
jit=off
"""


def folder() -> pathlib.Path:
    return places.work() / "pg"


def is_available() -> bool:
    return (BIN / "initdb").exists()


def postmaster() -> int | None:
    """The process id of the running cluster, if it runs."""
    try:
        pid = int((folder() / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
        return pid
    except (OSError, ValueError, IndexError):
        return None


def start() -> None:
    """Makes the cluster if there is none, and starts it if it stands still."""
    home = folder()
    data = home / "data"
    home.mkdir(parents=True, exist_ok=True)
    if os.getuid() == 0:
        subprocess.run(["chown", "postgres", str(home)], check=True)
    if not (data / "PG_VERSION").exists():
        _as_owner(BIN / "initdb", "-D", data, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        settings = SETTINGS + f"unix_socket_directories='{home}'\n"
        with open(data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(settings)
    if postmaster() is None:
        _as_owner(BIN / "pg_ctl", "-D", data, "-w", "-t", "300", "-l", home / "log", "start")
    import psycopg

    with psycopg.connect(DSN.replace("dbname=overlay", "dbname=postgres"), autocommit=True) as link:
        if not link.execute("select 1 from pg_database where datname = 'overlay'").fetchone():
            link.execute("create database overlay")
    with psycopg.connect(DSN, autocommit=True) as link:
        link.execute("create extension if not exists postgis")


def stop() -> None:
    if postmaster() is not None:
        _as_owner(BIN / "pg_ctl", "-D", folder() / "data", "-w", "-t", "300", "-m", "fast", "stop")


def _as_owner(*words: object) -> None:
    """Runs a command as the user who owns the cluster; PostgreSQL refuses to run as root."""
    command = [str(word) for word in words]
    if os.getuid() == 0:
        command = ["su", "postgres", "-s", "/bin/bash", "-c", shlex.join(command)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, cwd="/")
    if done.returncode != 0:
        sys.exit(f"bench: {words[0]} failed ({done.returncode}); see {folder() / 'log'}")


if __name__ == "__main__":
    action = sys.argv[1] if len(sys.argv) > 1 else ""
    if action == "start":
        start()
    elif action == "stop":
        stop()
    elif action == "dsn":
        print(DSN)
    else:
        sys.exit("usage: cluster.py start|stop|dsn")
