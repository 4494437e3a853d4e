"""Lambert 93, the flat coordinates of French official data, to longitude and latitude.

Formulas and constants of IGN's notes NTG 71 and NTG 80 (conic projection of GRS 80, RGF93); good to a millimetre.
"""

from math import asin, atan, atanh, degrees, hypot, log, sin, tanh

from parvis.core.geo import Point

_N = 0.7256077650532670  # exponent of the projection
_C = 11_754_255.4260960  # its constant, metres
_X, _Y = 700_000.0, 12_655_612.0498760  # where the pole is, metres
_E = 0.08181919104281579  # first eccentricity of GRS 80
_FIRST_MERIDIAN = 3.0  # degrees east of Greenwich


def from_lambert93(x: float, y: float) -> Point:
    """The point at ``x`` metres east and ``y`` metres north. Raises ValueError far from France."""
    if not (0 < x < 1_400_000 and 6_000_000 < y < 7_300_000):
        raise ValueError(f"not coordinates of Lambert 93 in metres: {x}, {y}")
    east, south = x - _X, _Y - y
    isometric = -log(hypot(east, south) / _C) / _N
    lon = _FIRST_MERIDIAN + degrees(atan(east / south) / _N)
    lat = asin(tanh(isometric))
    for _ in range(6):  # a fixed point; four rounds reach the last digit
        lat = asin(tanh(isometric + _E * atanh(_E * sin(lat))))
    return Point(lon, degrees(lat))
