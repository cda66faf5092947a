"""Line charts."""

import xml.etree.ElementTree as ET

import pytest

from caco.chart import HEIGHT, WIDTH, line_chart

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*args, **more):
    return ET.fromstring(line_chart(*args, **more))


def test_higher_values_stand_higher_and_later_ones_to_the_right():
    chart = drawn("Loss <b>", "step", {"loss": [(0, 4.0), (10, 1.0)]})
    assert chart.find(f"{SVG}title").text == "Loss <b>"
    line = chart.findall(f"{SVG}polyline")[-1]
    (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in line.get("points").split())
    assert 0 < x0 < x1 < WIDTH and 0 < y0 < y1 < HEIGHT


def test_lines_share_a_scale_that_can_start_at_nothing():
    chart = drawn("Rounds", "round", {"one": [(1, 0.5)], "two": [(1, 1.0)]}, from_zero=True)
    words = [text.text for text in chart.findall(f"{SVG}text")]
    assert {"0", "0.5", "1", "one", "two"} <= set(words)


def words(chart):
    return {(t.text, float(t.get("x")), float(t.get("y"))) for t in chart.findall(f"{SVG}text")}


def test_every_mark_stands_at_its_place():
    chart = drawn("Loss", "step & time", {"a": [(0, 4.0), (5, 2.5), (10, 1.0)], "b": [(0, 1.0)]})
    axes, first, second = (line.get("points") for line in chart.findall(f"{SVG}polyline"))
    assert axes == "60,40 60,280 420,280"
    assert first == "60.0,40.0 240.0,160.0 420.0,280.0" and second == "60.0,280.0"
    assert words(chart) == {
        *(("Loss", 60, 22), ("step & time", 240, 312)),
        *(("1", 54, 284), ("2.5", 54, 164), ("4", 54, 44)),
        *(("0", 60, 296), ("10", 420, 296)),
        *(("a", 432, 56), ("b", 432, 72)),
    }
    assert chart.get("viewBox") == "0 0 640 320"
    assert {(c.get("cx"), c.get("cy")) for c in chart.findall(f"{SVG}circle")} == {
        *(("60.0", "40.0"), ("240.0", "160.0"), ("420.0", "280.0"), ("60.0", "280.0"))
    }


@pytest.mark.parametrize(
    ("points", "more", "places"),
    [
        ([(3, 0.5)], {}, "240.0,280.0"),
        ([(3, 0.5)], {"from_zero": True}, "240.0,40.0"),
        ([(1, 2.0), (2, 2.0)], {}, "60.0,280.0 420.0,280.0"),
        ([(1, -1.0), (2, 1.0)], {"from_zero": True}, "60.0,280.0 420.0,40.0"),
        ([(1, 1.0), (2, 2.0)], {"from_zero": True}, "60.0,160.0 420.0,40.0"),
    ],
)
def test_scales_of_few_points(points, more, places):
    assert drawn("T", "x", {"a": points}, **more).findall(f"{SVG}polyline")[1].get("points") == places


def test_dots_are_left_out_of_long_lines_and_colours_come_again():
    for num, dots in ((29, 29), (30, 0)):
        chart = drawn("T", "x", {"a": [(i, i) for i in range(num)]})
        assert len(chart.findall(f"{SVG}circle")) == dots
    lines = drawn("T", "x", {str(i): [(0, i)] for i in range(6)}).findall(f"{SVG}polyline")[1:]
    colours = [line.get("stroke") for line in lines]
    assert len(set(colours)) == 5 and colours[5] == colours[0]


def test_no_points_are_an_empty_chart():
    chart = drawn("Nothing", "step", {})
    assert chart.findall(f"{SVG}circle") == [] and len(chart.findall(f"{SVG}polyline")) == 1
    marks = {("0", 54, 284), ("0.5", 54, 164), ("1", 54, 44), ("0", 240, 296)}
    assert words(chart) == marks | {("Nothing", 60, 22), ("step", 240, 312)}
