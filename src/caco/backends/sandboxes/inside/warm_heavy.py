# A program that the heavy zygote runs once before it forks, so that what sympy and numpy load and remember on first
# use is there for every child. What it computes is of no use to anyone.
import numpy as np
import sympy as sp
from sympy import (
    Eq,
    Integer,
    Matrix,
    Rational,
    Symbol,
    cos,
    diff,
    exp,
    expand,
    factor,
    integrate,
    latex,
    limit,
    log,
    nsimplify,
    oo,
    pi,
    simplify,
    sin,
    solve,
    solveset,
    sqrt,
    symbols,
    sympify,
)

input = {"a": 3, "b": 5}


def equations(a, b):
    x, y, z = symbols("x y z")
    n = Symbol("n", integer=True, positive=True)
    r = symbols("r", real=True, positive=True)
    roots = solve(Eq(expand((x - a) * (x + b)), 0), x) + solve(x**2 - 2, x) + solve(2 * x + 3 - b, x)
    roots += solve(x**3 - 6 * x**2 + 11 * x - 6, x) + solve([x + y - a, x - y - b], [x, y], dict=True)
    roots += solve((Eq(x + y + z, 6), Eq(x - y, 0), Eq(z, 2)), (x, y, z)).values()
    roots += [solve(r**2 - 4, r), solve(n - 3, n), solve(2**x - 8, x), solve(sqrt(x) - 3, x), solve(1 / x - a, x)]
    roots += [solveset(x**2 - 1, x), solveset(Eq(sin(x), 0), x, sp.Interval(0, pi)), solve(x**2 - 4 > 0, x)]
    roots += [sp.linsolve([x + y - 1, x - y], (x, y)), sp.nsolve(cos(x) - x, 1), solve(sp.Abs(r - 1) - 2, r)]
    return [r for r in roots if r is not None]


def calculus(a):
    x = symbols("x")
    done = [diff(sin(x) * exp(x) + log(x), x), integrate(x**2 + 1 / x + sin(x), x), integrate(x**2, (x, 0, a))]
    done += [limit(sin(x) / x, x, 0), sp.series(exp(x), x, 0, 3), sp.summation(x, (x, 1, 10)), sp.product(x, (x, 1, 3))]
    done += [simplify((x**2 - 1) / (x - 1)), factor(x**2 - 1), sp.cancel((x**2 - 1) / (x - 1)), sp.apart(1 / (x**2 - 1))]
    done += [sp.together(1 / x + 1), nsimplify(0.5), sp.N(pi, 10), (x + 1).subs(x, 2), sympify("x**2 + 1/3"), latex(x**2 / 3)]
    done += [sp.trigsimp(sin(x) ** 2 + cos(x) ** 2), sp.Poly(x**2 - 1, x).all_roots(), sqrt(8), Rational(3, 4) + Integer(2)]
    done += [sp.radsimp(1 / (1 + sqrt(2))), str(sp.sqrt(12)), sp.lambdify(x, x**2)(3), sp.expand_trig(sin(2 * x)), oo - 1]
    done += [float(pi.evalf()), sp.gcd(12, 18), sp.lcm(4, 6), sp.factorint(360), sp.isprime(97), sp.divisors(28)]
    return done + [sp.binomial(5, 2), sp.factorial(5), sp.Piecewise((x, x > 0), (0, True)).subs(x, 1), sp.totient(9)]


def matrices(a):
    m = Matrix([[1, a], [2, 4]])
    k = np.array([[1.0, 2.0], [3.0, 4.0]])
    done = [m.det(), m.inv(), m.eigenvals(), m.rref(), m * m, m.T, np.linalg.inv(k), np.linalg.det(k), np.linalg.eig(k)]
    done += [np.linalg.solve(k, np.array([1.0, 2.0])), k @ k, k.sum(axis=0), k.mean(), np.sqrt(k), np.roots([1, -3, 2])]
    done += [np.arange(5), np.linspace(0, 1, 3), np.cumsum([1, 2]), np.dot([1, 2], [3, 4]), np.where(k > 2, k, 0)]
    done += [np.random.default_rng(0).random(2), np.round(k, 1), np.sort([3, 1]), np.unique([1, 1]), np.polyfit([0, 1], [1, 2], 1)]
    return done + [str(k), repr(k), f"{k[0, 0]:.2f}", k.tolist(), np.isclose(1.0, 1.0), np.argmax(k), np.random.rand(2)]


def main(a, b):
    made = [equations(a, b), calculus(a), matrices(a)]
    return [str(made), made[0][:2], made[1][0], sp.Matrix([1]), np.arange(3), np.float64(1.5)]


output = main(**input)
print(output)
