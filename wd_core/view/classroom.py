"""A teacher's link: what of a page a class sees, as the address says it beside the scene.

It can take controls away, cover the test data, put a sentence first and make everything larger. It cannot change what
the picture shows: no field of an experiment stands here, and the sentence is shown as the link's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl, urlencode

from wd_core.experiment import opening
from wd_core.text import short
from wd_core.view.scene import Scene

GROUPS = {
    "penalty": "Penalty and comparison",
    "data": "Data",
    "model": "Model",
    "decay": "Decay and λ",
    "training": "Training",
    "seeds": "Seeds",
    "companions": "Norm, dropout, noise",
    "where": "Where and when decay acts",
}
"""The Lab's groups of controls."""
NONE = "none"
LONGEST = 140
"""Characters of the first sentence."""


@dataclass(frozen=True)
class Classroom:
    """What a link for a class says. Raises ValueError naming field, value and what is allowed."""

    keep: tuple[str, ...] | None = None
    """Groups of controls that stay; None: all."""
    cover: bool = False
    """Whether test data stay covered."""
    say: str = ""
    """The first sentence."""
    present: bool = False
    """Larger type, no side bar, no navigation, keys for the next and the previous step."""

    def __post_init__(self) -> None:
        if self.keep is not None and (wrong := set(self.keep) - set(GROUPS)):
            raise ValueError(f"keep={short(', '.join(sorted(wrong)))}: allowed: {NONE}, or of {', '.join(GROUPS)}")
        object.__setattr__(self, "say", short(self.say, LONGEST))

    def pairs(self) -> dict[str, str]:
        """The fields of the address that differ from a plain visit."""
        found = {}
        if self.keep is not None:
            found["keep"] = ",".join(name for name in GROUPS if name in self.keep) or NONE
        found |= {name: "1" for name in ("cover", "present") if getattr(self, name)}
        return found | ({"say": self.say} if self.say else {})

    @property
    def hidden(self) -> tuple[str, ...]:
        """Groups of controls that are not seen."""
        return () if self.keep is None else tuple(name for name in GROUPS if name not in self.keep)


FIELDS = tuple(f.name for f in fields(Classroom))
PLAIN = Classroom()


def read(pairs: Mapping[str, str]) -> tuple[Classroom, list[str]]:
    """What an address says, and what it gets wrong; a field that makes no sense is left out."""
    values: dict[str, object] = {}
    wrong = []
    if (keep := pairs.get("keep")) is not None:
        names = () if keep == NONE else tuple(dict.fromkeys(keep.split(",")))
        try:
            values["keep"] = Classroom(keep=names).keep
        except ValueError as error:
            wrong.append(str(error))
    for name in ("cover", "present"):
        if (text := pairs.get(name)) is not None:
            if text in ("0", "1"):
                values[name] = text == "1"
            else:
                wrong.append(f"{name}={short(text)}: allowed: 0 or 1")
    return Classroom(**values, say=pairs.get("say", "")), wrong  # type: ignore[arg-type]


def without(query: str, names: Iterable[str] = FIELDS) -> str:
    """The query string without these fields, and without Streamlit's own (embed…)."""
    out = set(names)
    pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    return urlencode([(n, v) for n, v in pairs if n not in out and not n.startswith("embed")], safe=",~*()^.")


def shortest(query: str) -> str:
    """A scene of the Lab with nothing said that its data set's opening says already, so that a QR code stays coarse;
    any other query as it is."""
    bare = without(query)
    try:
        scene = Scene.from_query(bare)
    except ValueError:
        return bare
    e, start = scene.experiment, opening(scene.experiment.dataset, scene.experiment.decay)
    kept = {"dataset", "decay", *(f.name for f in fields(Scene))} | {n for n, v in vars(e).items() if start.get(n) != v}
    found = "&".join(part for part in bare.split("&") if part.partition("=")[0] in kept)
    return found if Scene.from_query(found) == scene else bare


def link(address: str, query: str, room: Classroom, embed: bool = False) -> str:
    """The whole link: where the page stands, what it shows, what of it the class sees. Only what differs is said."""
    said = urlencode(room.pairs(), safe=",")
    parts = [part for part in (without(query), said, "embed=true" if embed else "") if part]
    return f"{address.partition('?')[0]}{'?' if parts else ''}{'&'.join(parts)}"
