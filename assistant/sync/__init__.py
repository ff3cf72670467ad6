"""Official pages into the corpus: fetched politely, checked, every version kept."""

from assistant.sync.items import FAULTS, Item, Outcome, item_record
from assistant.sync.run import run_sync
from assistant.sync.sources import Source, load_sources

__all__ = ["FAULTS", "Item", "Outcome", "Source", "item_record", "load_sources", "run_sync"]
