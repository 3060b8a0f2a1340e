"""Takes files out of the page cache, so that a cold run is cold; needs no privilege."""
import os
import pathlib


def forget(*roots: pathlib.Path) -> int:
    """Megabytes of files that were asked to leave the page cache. Nobody may have them mapped."""
    os.sync()
    total = 0
    for root in roots:
        files = [root] if root.is_file() else [path for path in root.rglob("*") if path.is_file()]
        for file in files:
            handle = os.open(file, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                total += os.fstat(handle).st_size
            finally:
                os.close(handle)
    return round(total / 1e6)
