"""The embedded model: a small GLM that reads and solves school maths, and how it is made.

data/      problems, their solutions, and pictures of them as people meet them
canvas.py  the picture that the model sees, cut from a photo or drawn: one function for both
cut.py     that picture cut out of a photo
tokens.py  its vocabulary and chat template
model.py   its sizes, and the passes of training
train.py   the trainer; evaluate.py measures a checkpoint, export.py writes one
"""
