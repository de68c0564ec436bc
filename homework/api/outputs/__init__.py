"""What the calls answer, for the API's description, each with examples.

`homework.api.representations` makes it; the tests hold every answer against what stands here.
"""
