"""The registers a debugger sees: names, numbers and sizes, and the XML that tells gdb of them.

gdb's numbers are the places in ``REGISTERS``: x0 to x31, pc, f0 to f31, the floating-point
control registers, then the machine's. All have 32 bits; f registers hold single precision.
"""

from __future__ import annotations

PC = 32

_X = (
    *("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1"),
    *(f"a{i}" for i in range(8)),
    *(f"s{i}" for i in range(2, 12)),
    *(f"t{i}" for i in range(3, 7)),
)
_F = (
    *(f"ft{i}" for i in range(8)),
    *("fs0", "fs1"),
    *(f"fa{i}" for i in range(8)),
    *(f"fs{i}" for i in range(2, 12)),
    *(f"ft{i}" for i in range(8, 12)),
)
_FLOAT_CONTROL = ("fflags", "frm", "fcsr")
_MACHINE = ("mstatus", "misa", "mie", "mtvec", "mscratch", "mepc", "mcause", "mtval", "mip")

REGISTERS = (*_X, "pc", *_F, *_FLOAT_CONTROL, *_MACHINE)
FIRST_FLOAT = PC + 1
FIRST_CONTROL = FIRST_FLOAT + len(_F)


def target_xml() -> bytes:
    """The target description for gdb: features and registers of RV32 with single precision."""
    cpu = [_element(name, _TYPES.get(name, "int")) for name in (*_X, "pc")]
    fpu = [_element(name, "ieee_single") for name in _F]
    fpu += [_element(name, "int") for name in _FLOAT_CONTROL]
    csr = [_element(name, "int") for name in _MACHINE]
    parts = (("cpu", cpu), ("fpu", fpu), ("csr", csr))
    features = "".join(
        f'<feature name="org.gnu.gdb.riscv.{name}">\n{"".join(lines)}</feature>\n'
        for name, lines in parts
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE target SYSTEM "gdb-target.dtd">\n'
        f'<target version="1.0">\n<architecture>riscv:rv32</architecture>\n{features}</target>\n'
    ).encode("ascii")


_TYPES = {
    "pc": "code_ptr",
    "ra": "code_ptr",
    **dict.fromkeys(("sp", "gp", "tp", "fp"), "data_ptr"),
}


def _element(name: str, kind: str) -> str:
    number = REGISTERS.index(name)
    return f'<reg name="{name}" bitsize="32" regnum="{number}" type="{kind}"/>\n'
