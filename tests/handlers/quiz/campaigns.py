"""A campaign as staff would write it; visibly a demonstration."""

WRITTEN = """
title = "演示竞答"
opens_at = 2026-12-01T08:00:00+08:00
closes_at = 2026-12-04T20:00:00+08:00
minutes = 15

[[paper]]
subject = "constitution"
kind = "single"
count = 10
points = 4

[[paper]]
subject = "labour"
count = 4
points = 15

[draw]
lottery = "双色球"
issue = "2026141"
drawn_on = 2026-12-06
later_issue = "2026148"
later_drawn_on = 2026-12-22
least_points = 60
prizes = [{ name = "一等奖", count = 1 }, { name = "二等奖", count = 10 }]
"""
SMALL = WRITTEN.replace("count = 10\n", "count = 2\n").replace("count = 4\n", "count = 1\n").replace("60", "0")
"""Two questions of 4 points and one of 15."""
