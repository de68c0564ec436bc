"""Static files under hashed names, so that a browser may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites `import` statements, since our scripts are ES modules without a bundler."""

    support_js_module_import_aggregation = True
