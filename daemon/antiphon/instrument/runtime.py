"""ONNX Runtime set up for one player: quiet, small, on one thread.

The graph of an instrument file reads `graph_inputs` and the card's state, and
returns `OUTPUTS` and each state tensor under its `next_name`; the batch is the
first axis of all. `check_graph` holds a file to that.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from antiphon.errors import InstrumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.card import Card
    from antiphon.music.codecs.codec import Codec

OUTPUTS = ("note", "within", "log_probability", "logits")
_ERRORS_ONLY = 3


class Graph(Protocol):
    """The part of `onnxruntime.InferenceSession` that is used here."""

    def run(
        self, output_names: Sequence[str], feeds: Mapping[str, NDArray[Any]]
    ) -> list[NDArray[Any]]:
        """Run the graph once and return new arrays."""

    def io_binding(self) -> Any:
        """Return what is told where inputs and outputs are."""

    def run_with_iobinding(self, iobinding: Any) -> None:
        """Run the graph once, on what is bound."""

    def get_inputs(self) -> Sequence[Any]:
        """Return the graph's inputs."""

    def get_outputs(self) -> Sequence[Any]:
        """Return the graph's outputs."""


def graph_inputs(codec: Codec) -> tuple[str, ...]:
    """Return the inputs that a host of this version feeds, besides the state."""
    biases = tuple(f"bias_{field}" for field in codec.fields)
    return ("previous", "uniform", "temperature", "min_p", *biases)


def next_name(state: str) -> str:
    """Return the output that carries a state tensor on."""
    return f"{state}_next"


def open_graph(model: str | os.PathLike[str] | bytes, threads: int = 1) -> Graph:
    """Return the graph of a file, or of what a file holds, ready to run.

    One thread, because a step is too short to share; no spinning, so that the
    machine is idle between notes; no arena, because ONNX
    Runtime keeps what its arena once held.

    Raises
    ------
    InstrumentError
        onnxruntime is missing, or cannot run the file.
    """
    # Read as it is loaded: else it makes an identifier of this machine, keeps it in
    # the home folder, and holds threads and connections ready to send. Nothing of
    # a musician's leaves this machine.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime as ort  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise InstrumentError(
            "onnxruntime, which plays instruments, cannot be loaded "
            f"({error}); install it with `pip install onnxruntime` (64-bit systems only)."
        ) from error
    ort.disable_telemetry_events()
    ort.set_default_logger_severity(_ERRORS_ONLY)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = _ERRORS_ONLY
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    source = model if isinstance(model, bytes) else os.fspath(model)
    try:
        graph = ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no base of their own
        name = "a file" if isinstance(source, bytes) else source
        raise InstrumentError(
            f"The graph of {name} cannot be played here ({_first_line(error)}); "
            "update Antiphon, or choose another instrument."
        ) from error
    return cast(Graph, graph)


def check_graph(graph: Graph, card: Card, codec: Codec) -> None:
    """Check that graph and card agree on what goes in and comes out.

    Raises
    ------
    InstrumentError
        The sentence names what is missing, or what this version cannot feed.
    """
    given = {item.name: item for item in graph.get_inputs()}
    state = {tensor.name: tensor.shape for tensor in card.state}
    fed = {*graph_inputs(codec), *state}
    neutral = {item.name for item in card.inputs_neutral}
    _refuse(
        sorted(set(card.inputs_required) - fed),
        "needs inputs that this version of Antiphon does not know: {}; update Antiphon",
    )
    _refuse(
        sorted(fed - given.keys()),
        "has a graph that lacks the inputs {}; export it again with `antiphon export`",
    )
    _refuse(
        sorted(given.keys() - fed - neutral),
        "has inputs for which its card names no neutral value: {}; update Antiphon, "
        "or export it again",
    )
    outputs = {item.name for item in graph.get_outputs()}
    _refuse(
        sorted({*OUTPUTS, *map(next_name, state)} - outputs),
        "has a graph that lacks the outputs {}; export it again with `antiphon export`",
    )
    shapes = {
        **state,
        **{f"bias_{f}": (n,) for f, n in zip(codec.fields, codec.sizes, strict=True)},
    }
    _refuse(
        [name for name, shape in shapes.items() if tuple(given[name].shape[1:]) != shape],
        "has a card that gives other shapes than its graph for {}; "
        "export it again with `antiphon export`",
    )


def neutral_feeds(card: Card, graph: Graph, batch: int = 1) -> dict[str, NDArray[Any]]:
    """Return what to feed to inputs that this version does not know."""
    given = {item.name for item in graph.get_inputs()}
    return {
        item.name: np.full((batch, *item.shape), item.neutral, dtype=item.dtype)
        for item in card.inputs_neutral
        if item.name in given
    }


def _refuse(names: Sequence[str], sentence: str) -> None:
    """Raise when there are names to complain about."""
    if names:
        raise InstrumentError(f"The instrument {sentence.format(', '.join(names))}.")


def _first_line(error: Exception) -> str:
    """Return the beginning of a foreign error, short enough for a sentence."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0][:200].rstrip(".")
