"""Ways in which citizens really answer the questions of the library, in dialect, with typos, as a voice is written."""

from pathlib import Path

from content.store import clock
from handlers.guided import flow as flows
from handlers.guided.reading import read

WAYS = [line.split("\t") for line in Path(__file__).with_name("ways.tsv").read_text(encoding="utf-8").splitlines()]


def test_every_way_means_its_option():
    missed = []
    for flow, name, text, meant in WAYS:
        found = read(flows.load(flow).questions[name], text, clock.today()).value
        told = ",".join(found) if isinstance(found, list) else found
        if told != meant:
            missed.append((name, text, meant, told))
    assert not missed and len(WAYS) > 250
