"""The plane in which planar area is the statutory area of TD/T 1055, for engines that know planes only.

2 sin(kΔB/2) cos(kBm) = sin kB₂ − sin kB₁, so the official trapezoid formula is the shoelace formula in
x = b·(L − L₀), y = b·σ(B), σ(B) = A sin B − B sin 3B + C sin 5B − D sin 7B + E sin 9B. Metres both.
Written from the formula, not from our kernel, so that the two can be compared.
"""
import numpy
import shapely

A_M, FLATTENING = 6_378_137.0, 1 / 298.257222101
B_M = A_M * (1 - FLATTENING)
E2 = FLATTENING * (2 - FLATTENING)
E4, E6, E8 = E2**2, E2**3, E2**4
SERIES = (
    (1, 1 + 3 / 6 * E2 + 30 / 80 * E4 + 35 / 112 * E6 + 630 / 2304 * E8),
    (3, -(1 / 6 * E2 + 15 / 80 * E4 + 21 / 112 * E6 + 420 / 2304 * E8)),
    (5, 3 / 80 * E4 + 7 / 112 * E6 + 180 / 2304 * E8),
    (7, -(1 / 112 * E6 + 45 / 2304 * E8)),
    (9, 5 / 2304 * E8),
)
# Coordinates are taken from this place: near it doubles are dense.
ORIGIN = (76.7, 37.9)


def plane(coordinates: numpy.ndarray) -> numpy.ndarray:
    """Degrees to metres of the statutory plane."""
    def sigma(latitude: numpy.ndarray | float) -> numpy.ndarray | float:
        return sum(factor * numpy.sin(order * numpy.radians(latitude)) for order, factor in SERIES)

    x = B_M * numpy.radians(coordinates[:, 0] - ORIGIN[0])
    y = B_M * (sigma(coordinates[:, 1]) - sigma(ORIGIN[1]))
    return numpy.column_stack([x, y])


def shapes(geometries: numpy.ndarray) -> numpy.ndarray:
    """The same polygons in the statutory plane; equal vertices stay equal."""
    return shapely.transform(geometries, plane)
