"""Line charts."""

import xml.etree.ElementTree as ET

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


def test_no_points_are_an_empty_chart():
    assert drawn("Nothing", "step", {}).findall(f"{SVG}circle") == []
