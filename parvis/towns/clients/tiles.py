"""Street tiles: built once from an extract by Valhalla's own program, read by whoever routes.

The program runs apart, so that its log never mixes with ours and a crash of it stays its own.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from parvis.core.errors import Refusal

BUILD_SECONDS = 1800
HOURS_FILE = "closed-hours.json"
"""Beside the tiles: which streets the map closes to bikes at which hours."""
MATRIX_PAIRS = 4_000_000  # two thousand places at once
_ABSENT = ("tile_extract", "traffic_extract", "admin", "landmarks", "timezone", "transit_dir", "transit_feeds_dir")


def router_config(tiles: Path) -> dict[str, Any]:
    """Valhalla's settings for one town's tiles: only what is on this disk, limits fit for planning."""
    import valhalla

    config: dict[str, Any] = valhalla.get_config(tile_extract="", tile_dir=str(tiles), verbose=False)
    for name in _ABSENT:
        config["mjolnir"].pop(name, None)
    config["additional_data"].pop("elevation", None)
    config["mjolnir"]["max_cache_size"] = 200_000_000
    # The default algorithm answers wrongly bounded matrices for bicycles on small graphs; this one is exact.
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    for costing in ("bicycle", "pedestrian"):
        config["service_limits"][costing] |= {"max_matrix_location_pairs": MATRIX_PAIRS, "max_locations": 500}
    return config


def build_tiles(network: Path, folder: Path, heights: Path | None = None) -> None:
    """Build the tiles of ``network`` (pbf) in the empty ``folder``; raises Refusal with a sentence.

    ``heights`` is a folder of heights above the sea as Valhalla reads them (``N48/N48E002.hgt``, one second of arc).
    With it, streets know how steep they are, and bikes ride around a hill where that is worth it; else all are flat.
    """
    from valhalla import PYVALHALLA_DIR

    settings_file = folder.with_suffix(".json")
    config = router_config(folder)
    if heights is not None and any(heights.rglob("*.hgt*")):
        config["additional_data"]["elevation"] = str(heights)
    settings_file.write_text(json.dumps(config))
    program = PYVALHALLA_DIR / "bin" / "valhalla_build_tiles"
    try:
        done = subprocess.run(  # noqa: S603 - our own program on our own files
            [str(program), "-c", str(settings_file), str(network)],
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refusal("Building the street tiles took more than half an hour: use a smaller extract.") from None
    finally:
        settings_file.unlink(missing_ok=True)
    if done.returncode or not any(folder.rglob("*.gph")):
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no message"]
        raise Refusal(f"The street tiles could not be built ({last[0]}).")


def folder_megabytes(folder: Path) -> float:
    """How much room the tiles take on disk."""
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6, 1)
