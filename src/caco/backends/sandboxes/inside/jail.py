"""The walls, through ctypes alone: namespaces, a new root, dropped privileges, Landlock and a syscall filter.

Runs only in the short-lived launcher and in a zygote before its first fork. Numbers are of the Linux kernel ABI.
"""

import contextlib
import ctypes
import os
import platform
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

NOBODY = 65534
NEW_NAMESPACES = 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000  # mount, pid, net, ipc, uts
NEW_USER = 0x10000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
SIGKILL = 9
ADDR_NO_RANDOMIZE = 0x0040000

_MACHINE = platform.machine()
_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_MOUNT_SETATTR, _LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 442, 444, 445, 446


def _call(function: str, *arguments: object) -> int:
    """Call libc's `function`; raises OSError with its errno."""
    libc = ctypes.CDLL(None, use_errno=True)
    result = int(getattr(libc, function)(*arguments))
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, f"{function}: {os.strerror(code)}")
    return result


def _syscall(number: int, *arguments: int | bytes) -> int:
    words = (value if isinstance(value, bytes) else ctypes.c_long(value) for value in arguments)
    return _call("syscall", ctypes.c_long(number), *words)


def pack_memory(addresses: Iterable[int]) -> None:
    """Give back what is free, and put the 2 MB around each address into one large page where the kernel can.

    A fork then copies one entry where it copied 512, and a child gets empty pages instead of copies of garbage.
    """
    with contextlib.suppress(AttributeError):
        _call("malloc_trim", 0)
    for block in {address >> 21 for address in addresses}:
        with contextlib.suppress(OSError):
            _call("madvise", ctypes.c_void_p(block << 21), ctypes.c_size_t(1 << 21), 25)


def fix_addresses() -> None:
    """No address randomisation after the next exec, so that what is ordered by address repeats."""
    with contextlib.suppress(OSError):
        _call("personality", ctypes.c_ulong(ADDR_NO_RANDOMIZE))


def enter_namespaces() -> None:
    """New mount, pid, net, ipc and uts namespaces; with a user namespace where the caller is not privileged."""
    user, group = os.geteuid(), os.getegid()
    try:
        _call("unshare", NEW_NAMESPACES)
    except PermissionError:
        _call("unshare", NEW_NAMESPACES | NEW_USER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{NOBODY} {group} 1")
    _call("sethostname", b"sandbox", 7)


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    _call("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode())


def new_root(readable: Sequence[str], base: str) -> None:
    """Make a small read-only root of binds of `readable` and a private /tmp, at `base`, and enter it."""
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    _mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=400,mode=755")
    for name in ("/tmp", "/dev", "/old"):
        Path(base + name).mkdir(parents=True, exist_ok=True)
    Path(base + "/dev/null").touch()
    _mount("/dev/null", base + "/dev/null", "", MS_BIND)
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    _mount("tmpfs", base + "/tmp", "tmpfs", flags, "size=16m,nr_inodes=256,mode=1777")
    for path in readable:
        _bind(path, base + path)
    os.chdir(base)
    _syscall(_PIVOT_ROOT[_MACHINE], b".", b"old")
    os.chdir("/")
    _call("umount2", b"/old", MNT_DETACH)
    Path("/old").rmdir()
    _set_read_only(b"/", recursive=False)
    os.chdir("/tmp")


def _bind(path: str, target: str) -> None:
    """Bind `path` read-only; a symbolic link is copied as one."""
    if Path(path).is_symlink():
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        Path(target).symlink_to(Path(path).readlink())
    elif Path(path).is_dir():
        Path(target).mkdir(parents=True, exist_ok=True)
        _mount(path, target, "", MS_BIND | MS_REC)
        _set_read_only(target.encode(), recursive=True)


def _set_read_only(target: bytes, *, recursive: bool) -> None:
    attributes = struct.pack("QQQQ", 0x1 | 0x2 | 0x4, 0, 0, 0)  # rdonly, nosuid, nodev
    _syscall(_MOUNT_SETATTR, -100, target, 0x8000 if recursive else 0, attributes, len(attributes))


def drop_privileges() -> None:
    """Become nobody where the caller is root, and lose every capability and the way back to one."""
    if os.geteuid() == 0:
        for capability in range(64):
            with contextlib.suppress(OSError):
                _call("prctl", PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0)
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    no_new_privileges()


def no_new_privileges() -> None:
    """Nothing this process starts can gain privileges; the filter and Landlock ask for it."""
    _call("prctl", PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), 0, 0, 0)


def die_with_parent() -> None:
    """Be killed when the parent goes; lost at each change of credentials, so asked for after them."""
    _call("prctl", PR_SET_PDEATHSIG, ctypes.c_ulong(SIGKILL), 0, 0, 0)


def landlock(readable: Sequence[str], writable: Sequence[str]) -> int:
    """Confine files to these paths, and TCP and signals where the kernel can; the Landlock version, 0 where absent."""
    try:
        version = _syscall(_LANDLOCK_CREATE, 0, 0, 1)
    except OSError:
        return 0
    files = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1
    attributes = struct.pack("QQQ", files, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _syscall(_LANDLOCK_CREATE, attributes, size, 0)
    for paths, access in ((readable, _READ), (writable, files & _WRITE)):
        for path in paths:
            _allow_beneath(ruleset, path, access)
    _syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return version


_READ = 0b1100  # files, directories
_WRITE = _READ | 0b110_0001_1011_0010  # write, remove, make directories and files, move, truncate


def _allow_beneath(ruleset: int, path: str, access: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not Path(path).is_dir():
        access &= 0b110
    _syscall(_LANDLOCK_ADD, ruleset, 1, struct.pack("=Qi", access, fd), 0)
    os.close(fd)


def syscall_filter(killing: int) -> bytes:
    """The filter as a BPF program: what `syscalls.txt` allows runs, what it refuses gets EPERM, all else kills.

    Signals go only through the process handle in descriptor `killing`, which lies above what a program may open.
    """
    column = {"x86_64": 2, "aarch64": 3}[_MACHINE]
    rows = [line.split() for line in _TABLE.read_text().splitlines() if line[0] != "#"]
    numbers = {row[0]: int(row[column]) for row in rows if row[column] != "-"}
    rules = {row[0]: row[1] for row in rows}
    program = [(0x20, 0, 0, 4), (0x15, 1, 0, _ARCH[_MACHINE]), _KILL, (0x20, 0, 0, 0), (0x35, 0, 1, 0x40000000), _KILL]
    for rule, action in (("allow", _ALLOW), ("refuse", _refuse(1))):
        for name in (name for name in numbers if rules[name] == rule):
            program += [(0x15, 0, 1, numbers[name]), action]
    # clone3 hides its flags from a filter, so it is absent and libc falls back to clone.
    program += [(0x15, 0, 1, numbers["clone3"]), _refuse(38)]
    program += [(0x15, 0, 4, numbers["clone"]), _LOAD_0, (0x45, 0, 1, _NEW_ANYTHING), _refuse(1), _ALLOW]
    program += [
        (0x15, 0, 5, numbers["ioctl"]),
        _LOAD_1,
        (0x15, 1, 0, 0x5450),
        (0x15, 0, 1, 0x5451),
        _ALLOW,
        _refuse(25),
    ]
    owner = [(0x15, 0, 1, command) for command in _SIGNALLING]
    checks = [part for check in owner for part in (check, _refuse(1))]
    program += [(0x15, 0, len(checks) + 2, numbers["fcntl"]), _LOAD_1, *checks, _ALLOW]
    program += [(0x15, 0, 4, numbers["prlimit64"]), _LOAD_0, (0x15, 0, 1, 0), _ALLOW, _refuse(1)]
    program += [(0x15, 0, 4, numbers["pidfd_send_signal"]), _LOAD_0, (0x15, 0, 1, killing), _ALLOW, _refuse(1)]
    program.append(_KILL)
    return _packed(program)


def child_filter() -> bytes:
    """What a program must not do beside what the zygote must not: start processes, and signal any."""
    column = {"x86_64": 2, "aarch64": 3}[_MACHINE]
    forbidden = ("clone", "pidfd_open", "pidfd_send_signal", "memfd_create")
    rows = [line.split() for line in _TABLE.read_text().splitlines()]
    program = [(0x20, 0, 0, 0)]
    for row in rows:
        if row[0] in forbidden:
            program += [(0x15, 0, 1, int(row[column])), _refuse(1)]
    return _packed([*program, _ALLOW])


def _packed(program: Sequence[tuple[int, int, int, int]]) -> bytes:
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


_TABLE = Path(__file__).parent / "syscalls.txt"
_ALLOW, _KILL = (0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x80000000)
_LOAD_0, _LOAD_1 = (0x20, 0, 0, 16), (0x20, 0, 0, 24)
_SIGNALLING = (8, 10, 15, 1024, 1026)  # fcntl: F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY
_NEW_ANYTHING = 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000


def _refuse(errno: int) -> tuple[int, int, int, int]:
    return (0x06, 0, 0, 0x00050000 | errno)


def install(program: bytes) -> None:
    """Put a filter on this process and all it forks."""
    buffer = ctypes.create_string_buffer(program, len(program))
    fprog = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    _syscall(_SECCOMP[_MACHINE], 1, 0, fprog)
