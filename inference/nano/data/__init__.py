"""What the embedded model learns from: all of it is made here, from seeds.

problems.py   random exercises, topic by topic, as text
solutions.py  their solutions by the rule engine: the target texts
layout.py     a formula set in two dimensions, in units of a digit
faces.py      print and handwriting fonts, those of the test split apart
drawing.py    a laid-out formula as ink on paper
sample.py     an exercise, its target and its picture together
"""
