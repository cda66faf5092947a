"""What the words of mathematics mean: functions, constants, operators and separators, in every spelling."""

from types import MappingProxyType

_OWN_NAMES = """
    sin cos tan sec csc cot sinh cosh tanh coth sech csch log ln exp sqrt cbrt abs floor ceil sign max min gcd lcm
    factorial binomial gamma re im conjugate arg det mod erf atan2 root cis
    asin acos atan asec acsc acot asinh acosh atanh
"""
FUNCTIONS = MappingProxyType(
    {name: name for name in _OWN_NAMES.split()}
    | {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsec": "asec", "arccsc": "acsc", "arccot": "acot",
       "arsinh": "asinh", "arcosh": "acosh", "artanh": "atanh", "arcsinh": "asinh", "arccosh": "acosh",
       "arctanh": "atanh", "lg": "lg", "Abs": "abs", "ceiling": "ceil", "Max": "max", "Min": "min", "comb": "binomial",
       "tg": "tan", "ctg": "cot", "arctg": "atan", "log10": "lg", "log2": "log2", "Mod": "mod", "sgn": "sign",
       "Re": "re", "Im": "im", "Pow": "pow", "Add": "add", "Mul": "mul", "Rational": "ratio", "Fraction": "ratio",
       "Integer": "float", "Float": "float", "Decimal": "float", "int": "float", "float": "float", "float64": "float",
       "int64": "float", "float32": "float", "int32": "float", "Symbol": "symbol", "str": "symbol", "Poly": "poly",
       "Point": "tuple", "Point2D": "tuple", "Point3D": "tuple", "dict_values": "list", "dict_keys": "list",
       "deque": "list", "Matrix": "matrix", "ImmutableMatrix": "matrix", "ImmutableDenseMatrix": "matrix",
       "MutableDenseMatrix": "matrix", "array": "matrix", "Interval": "interval", "Union": "union", "FiniteSet": "set",
       "set": "set", "frozenset": "set", "Tuple": "tuple", "tuple": "tuple", "list": "list", "Eq": "eq", "Ne": "ne",
       "Lt": "lt", "Le": "le", "Gt": "gt", "Ge": "ge", "complex": "complex", "Intersection": "cap",
       "Complement": "setminus"}
)  # fmt: skip
"""Spelling -> the name used in trees; the second half are calls that make something else than a number."""

BUILDERS = frozenset(
    ("pow", "add", "mul", "ratio", "float", "symbol", "poly", "matrix", "interval", "union", "set", "tuple", "list",
     "eq", "ne", "lt", "le", "gt", "ge", "complex", "cap", "setminus")
)  # fmt: skip
"""Calls that `caco.answers.brackets` turns into other heads; they count as calls only before a round bracket."""

BARE_FUNCTIONS = MappingProxyType({spelling: name for spelling, name in FUNCTIONS.items() if name not in BUILDERS})
"""Those that need no bracket: `sin x`, but never `set x`."""

GREEK = frozenset(
    ("alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa",
     "lambda", "mu", "nu", "xi", "rho", "varrho", "sigma", "tau", "upsilon", "phi", "varphi", "chi", "psi", "omega",
     "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega", "ell", "hbar")
)  # fmt: skip
_GREEK_PAIRS = """
    α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho
    σ sigma τ tau υ upsilon φ phi χ chi ψ psi ω omega
    Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega
"""
_PAIRED = tuple(_GREEK_PAIRS.split())
GREEK_LETTERS = MappingProxyType(dict(zip(_PAIRED[::2], _PAIRED[1::2], strict=True)))

CONSTANTS = MappingProxyType(
    {"pi": "pi", "π": "pi", "e": "e", "i": "i", "infty": "inf", "oo": "inf", "inf": "inf", "infinity": "inf",
     "Infinity": "inf", "nan": "nan", "NaN": "nan", "imath": "i", "Exp1": "e", "zoo": "nan", "GoldenRatio": "golden"}
)  # fmt: skip
KNOWN = frozenset((*FUNCTIONS, *CONSTANTS, *GREEK, "and", "or"))
"""Words that stand beside others in formulas; any other word is prose, a unit or letters side by side."""
PYTHON_CONSTANTS = MappingProxyType({"E": "e", "I": "i", "j": "i"})
"""Read so only in text that is visibly Python or sympy: elsewhere E and I are letters."""

RELATIONS = MappingProxyType(
    {"=": "=", "==": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "!=", "\\le": "<=", "\\leq": "<=",
     "\\leqslant": "<=", "\\ge": ">=", "\\geq": ">=", "\\geqslant": ">=", "\\lt": "<", "\\gt": ">", "\\ne": "!=",
     "\\neq": "!=", "\\in": "in", "\\approx": "~", "\\equiv": "equiv", "\\coloneqq": "=", "\\leqq": "<=",
     "\\geqq": ">=", "\\to": "->", "\\rightarrow": "->", "->": "->", "\\notin": "notin", "\\approxeq": "~",
     "\\thickapprox": "~", "\\cong": "cong", "\\sim": "sim", "\\propto": "propto", "\\mapsto": "->"}
)  # fmt: skip

TIMES = frozenset(("*", "\\cdot", "\\times", "\\ast"))
OVER = frozenset(("/", "\\div"))
SUM = frozenset(("+", "-", "\\pm", "\\mp"))
FRACTIONS = frozenset(("\\frac", "\\dfrac", "\\tfrac", "\\cfrac", "\\nicefrac", "\\sfrac"))
BINOMIALS = frozenset(("\\binom", "\\dbinom", "\\tbinom", "\\choose"))
ACCENTS = frozenset(("\\vec", "\\hat", "\\tilde", "\\bar", "\\mathbf", "\\overrightarrow", "\\widehat"))
IGNORED = frozenset(("\\$", "\\mathopen", "\\mathclose", "\\nolinebreak", "\\hline", "\\;", "\\boxed"))
MATRICES = frozenset(["matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array", "vmatrix", "Vmatrix"])
DOTS = frozenset(("\\ldots", "\\dots", "\\cdots", "\\dotsc", "...", "\\dotsb", "\\dotso"))
