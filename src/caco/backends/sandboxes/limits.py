"""The limits of one program."""

from dataclasses import dataclass

from caco.errors import ConfigError

LONGEST_S, LARGEST_MB = 1_000_000, 1 << 24
"""Beyond these a limit bounds nothing, and does not fit what a worker is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one program may use. Raises ConfigError for a limit that no program could keep.

    Further processes and threads are not among them: there are none.
    """

    cpu_s: float = 5.0
    """CPU seconds; the verdict `timeout` goes by these, so it does not depend on how busy the machine is."""
    wall_s: float = 60.0
    """Backstop for programs that wait instead of working."""
    memory_mb: int = 512
    """Address space beyond the warm interpreter's own."""
    output_bytes: int = 1 << 20
    """Largest stdout, largest stderr, largest encoded result, and largest file."""
    files: int = 64
    """Open descriptors."""
    recursion: int = 1000
    """Python's recursion limit at the start; a program may change it."""
    trace_steps: int = 400
    """Assignments kept in a trace."""

    def __post_init__(self) -> None:
        for name in ("cpu_s", "wall_s", "memory_mb", "output_bytes", "recursion"):
            if getattr(self, name) <= 0:
                raise ConfigError(f"limit {name} must be more than 0, not {getattr(self, name)}")
        for name, most in (("cpu_s", LONGEST_S), ("wall_s", LONGEST_S), ("memory_mb", LARGEST_MB)):
            if getattr(self, name) > most:
                raise ConfigError(f"limit {name} must be at most {most:,}, not {getattr(self, name):,}")
        if not 16 <= self.files <= 1000:
            raise ConfigError(f"limit files must be from 16 to 1000, not {self.files}")
        if self.trace_steps < 0:
            raise ConfigError("limit trace_steps must not be negative")
