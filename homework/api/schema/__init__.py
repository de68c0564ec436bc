"""The API's description of itself: OpenAPI 3.1 for the calls, AsyncAPI 3.0 for the websockets.

`inspector` turns a view's method and what `homework.api.describing` has put on it into an
operation, `problems` adds the errors, `document` makes the whole. docs/ holds both as files,
made by `manage.py describe_api`.
"""
