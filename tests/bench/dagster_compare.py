"""What Dagster takes for PARTITIONS partitions of an asset that does nothing; see dagster_compare.sh."""

import os
import subprocess
import sys
import time
import uuid

import dagster as dg
from dagster._core.execution.backfill import PartitionBackfill

COUNT = int(os.environ["PARTITIONS"])
KEYS = [f"{i:07d}" for i in range(COUNT)]
LONGEST = 300  # seconds


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(KEYS))
def named() -> None:
    pass


defs = dg.Definitions(assets=[named])


def show(what: str, count: int, seconds: float) -> None:
    each = seconds / count * 1e3 if count else float("nan")
    print(f"{what:29} {count:5d} partitions {seconds:8.2f} s  {each:10.2f} ms each", flush=True)


def in_process(instance: dg.DagsterInstance, what: str) -> None:
    begun = time.time()
    for key in KEYS:
        assert dg.materialize([named], partition_key=key, instance=instance).success
    show(what, COUNT, time.time() - begun)


def successes(instance: dg.DagsterInstance) -> int:
    return instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]))


def request_backfill(instance: dg.DagsterInstance) -> None:
    instance.add_backfill(
        PartitionBackfill.from_asset_partitions(
            backfill_id=uuid.uuid4().hex[:8],
            asset_graph=defs.resolve_asset_graph(),
            partition_names=KEYS,
            asset_selection=[dg.AssetKey("named")],
            backfill_timestamp=time.time(),
            tags={},
            dynamic_partitions_store=instance,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )
    )


def as_backfill(instance: dg.DagsterInstance) -> None:
    """From the first run that ends to the last, as the daemon takes its time to begin."""
    before = successes(instance)
    daemon = subprocess.Popen(
        [os.path.join(os.path.dirname(sys.executable), "dagster-daemon"), "run", "-f", __file__],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        request_backfill(instance)
        end = time.time() + LONGEST
        first, done = 0.0, 0
        while done < COUNT and time.time() < end:
            time.sleep(0.2)
            done = successes(instance) - before
            if done and not first:
                first, at_first = time.time(), done
        show("dagster, backfill by daemon", done - at_first if first else 0, time.time() - (first or end))
    finally:
        daemon.terminate()
        daemon.wait()


if __name__ == "__main__":
    in_process(dg.DagsterInstance.ephemeral(), "dagster, nothing kept")
    with dg.DagsterInstance.get() as kept:
        in_process(kept, "dagster, kept in SQLite")
        as_backfill(kept)
