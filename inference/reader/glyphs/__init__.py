"""A small classifier of single written signs: a second opinion beside the line recogniser.

The line recogniser reads words of every script and takes a slash for 1 and a t for +; it is as
sure of that as of anything. This one knows only the signs of school mathematics and sees each
alone, with its place and size in the line. `segment` cuts a line into signs, `model` classifies
them, `draw` and `train` make the weights that ship beside them.
"""
