"""The units that school converts between, by every name that they are called by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from inference.types import Language


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit.

    Attributes:
        symbol: How it is written, and its name in `Measure`.
        dimension: What it measures, by the name of the base unit.
        size: How many base units it is.
        chinese: How it is written in Chinese.
        names: What else it is called.
    """

    symbol: str
    dimension: str
    size: Fraction
    chinese: str
    names: tuple[str, ...] = ()


def _unit(symbol: str, dimension: str, size: str, chinese: str, *names: str) -> Unit:
    return Unit(symbol, dimension, Fraction(size), chinese, names)


_UNITS = (
    _unit("mm", "metre", "0.001", "毫米", "millimetre", "millimeter"),
    _unit("cm", "metre", "0.01", "厘米", "centimetre", "centimeter"),
    _unit("dm", "metre", "0.1", "分米", "decimetre", "decimeter"),
    _unit("m", "metre", "1", "米", "metre", "meter"),
    _unit("km", "metre", "1000", "千米", "kilometre", "kilometer", "公里"),
    _unit("in", "metre", "0.0254", "英寸", "inch", "inches"),
    _unit("ft", "metre", "0.3048", "英尺", "foot", "feet"),
    _unit("yd", "metre", "0.9144", "码", "yard"),
    _unit("mi", "metre", "1609.344", "英里", "mile"),
    _unit("mg", "gram", "0.001", "毫克", "milligram"),
    _unit("g", "gram", "1", "克", "gram"),
    _unit("kg", "gram", "1000", "千克", "kilogram", "公斤"),
    _unit("t", "gram", "1000000", "吨", "tonne", "metric ton"),
    _unit("s", "second", "1", "秒", "second", "sec"),
    _unit("min", "second", "60", "分钟", "minute", "分"),
    _unit("h", "second", "3600", "小时", "hour", "hr", "时"),
    _unit("d", "second", "86400", "天", "day", "日"),
    _unit("week", "second", "604800", "周", "week", "星期"),
    _unit("mL", "litre", "0.001", "毫升", "millilitre", "milliliter"),
    _unit("L", "litre", "1", "升", "litre", "liter"),
    _unit("mm^2", "square metre", "0.000001", "平方毫米", "square millimetre"),
    _unit("cm^2", "square metre", "0.0001", "平方厘米", "square centimetre", "square centimeter"),
    _unit("dm^2", "square metre", "0.01", "平方分米", "square decimetre", "square decimeter"),
    _unit("m^2", "square metre", "1", "平方米", "square metre", "square meter"),
    _unit("km^2", "square metre", "1000000", "平方千米", "square kilometre", "square kilometer"),
    _unit("ha", "square metre", "10000", "公顷", "hectare"),
)
UNITS = {unit.symbol: unit for unit in _UNITS}


def _by_name() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for unit in _UNITS:
        for name in (unit.symbol, unit.chinese, *unit.names):
            found[name.lower()] = unit
            if name.isascii() and len(name) > 2 and "^" not in name:
                found[f"{name.lower()}s"] = unit
        if unit.symbol.endswith("^2"):
            found[unit.symbol.replace("^2", "²").lower()] = unit
    return found


_BY_NAME = _by_name()
# The longest name first, as `m` begins `min`.
UNIT_PATTERN = "|".join(re.escape(name) for name in sorted(_BY_NAME, key=len, reverse=True))
_MEASURE = re.compile(
    r"(?P<value>.*?[\d)}!%])\s*(?:\\[,;: ]|~)*\s*"
    rf"(?:\\(?:text|mathrm)\s*\{{\s*(?P<wrapped>{UNIT_PATTERN})\s*\}}(?P<square>\^(?:2|\{{2\}}))?"
    rf"|(?P<plain>{UNIT_PATTERN}))\s*",
    re.IGNORECASE,
)


def unit_of(name: str) -> Unit | None:
    """The unit of this name, None when there is none; `Mg` is a million grams, and not known."""
    if name.startswith("M") and len(name) <= 2:
        return None
    return _BY_NAME.get(" ".join(name.lower().split()))


def split_measure(text: str) -> tuple[str, Unit] | None:
    """The number and the unit of `3.5\\,\\text{km}`; None when no unit ends the text."""
    match = _MEASURE.fullmatch(text)
    if match is None:
        return None
    name = match["wrapped"] or match["plain"]
    unit = unit_of(f"{name}^2" if match["square"] else name)
    return None if unit is None else (match["value"], unit)


def unit_text(symbol: str, language: Language) -> str:
    """The unit in plain text."""
    return UNITS[symbol].chinese if language == "zh" else symbol


def unit_latex(symbol: str, language: Language) -> str:
    """The unit as LaTeX."""
    if language == "zh":
        return f"\\text{{{UNITS[symbol].chinese}}}"
    name, _, square = symbol.partition("^")
    return f"\\text{{{name}}}^{{{square}}}" if square else f"\\text{{{name}}}"
