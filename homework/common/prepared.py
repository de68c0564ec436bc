"""Queries that are composed once and then only executed.

The ORM builds a statement anew each time, from the model to the text of the SQL, which takes
several times as long as SQLite takes to run it. What a question needs again and again is therefore
written down once, with a `Parameter` where a value will stand; the SQL is still the ORM's own.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Model, QuerySet, Value
from django.db.models.sql import UpdateQuery

T = TypeVar("T")


class Parameter(Value):
    """A value that is given when the query is executed.

    Args:
        name: Under which it is given.
        model: Whose field it is compared with or stored in.
        field: The name of that field.
        is_stored: Whether it is stored.
    """

    def __init__(
        self, name: str, model: type[Model], field: str, *, is_stored: bool = False
    ) -> None:
        column: Any = model._meta.pk if field == "pk" else model._meta.get_field(field)
        # What a foreign key holds is a value of the field that it points to.
        column = getattr(column, "target_field", column)
        # Not None: a JSON field takes that for the NULL of its column.
        super().__init__(name, output_field=column)
        self._mark = _Mark(name, column, is_stored)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A place for the value, and in the list of values a mark of what belongs there."""
        return "%s", [self._mark]


class _Mark:
    """Stands among the values of a composed statement."""

    def __init__(self, name: str, field: Any, is_stored: bool) -> None:
        self.name = name
        self._field = field
        self._is_stored = is_stored

    def adapted(self, value: Any, connection: Any) -> Any:
        """The value as the database takes it."""
        if self._is_stored:
            return self._field.get_db_prep_save(value, connection)
        return self._field.get_db_prep_value(value, connection, prepared=False)


def _fill(marked: Sequence[Any], values: dict[str, Any], connection: Any) -> tuple[Any, ...]:
    return tuple(
        each.adapted(values[each.name], connection) if isinstance(each, _Mark) else each
        for each in marked
    )


class PreparedQuery(Generic[T]):
    """A query for rows.

    Args:
        make: Makes the query, with its parameters; called once. Whatever it holds beside them must
            be the same for ever, the moment too. It may not prefetch.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, T]]) -> None:
        self._make = make
        self._composed: tuple[Any, Any, str, tuple[Any, ...]] | None = None

    def __call__(self, **values: Any) -> list[T]:
        """Ask the database. Any thread."""
        connection = connections[DEFAULT_DB_ALIAS]
        # Two threads may compose it at the same moment, to the same end.
        template, compiler, sql, marked = self._composed or self._compose(connection)
        filled = _fill(marked, values, connection)
        mine = copy.copy(compiler)
        mine.connection = connection
        mine.as_sql = lambda *args, **kwargs: (sql, filled)
        queryset = _twin(template)
        queryset._query = _twin(template.query)
        queryset._query.get_compiler = lambda *args, **kwargs: mine
        return list(queryset)

    def first(self, **values: Any) -> T | None:
        """The first of the rows; the query should ask for no more."""
        found = self(**values)
        return found[0] if found else None

    def _compose(self, connection: Any) -> tuple[Any, Any, str, tuple[Any, ...]]:
        template: Any = self._make()
        if template._prefetch_related_lookups:
            raise ValueError("a prepared query prefetches nothing")
        compiler = template.query.get_compiler(connection=connection)
        sql, marked = compiler.as_sql()
        self._composed = (template, compiler, sql, tuple(marked))
        return self._composed


def _twin(original: Any) -> Any:
    """A copy that shares everything; Django's own copies compose or fetch."""
    twin = object.__new__(type(original))
    twin.__dict__.update(original.__dict__)
    return twin


class PreparedUpdate:
    """An update.

    Args:
        make: Makes the query that says which rows change, with parameters; called once.
        values: What they become, parameters of their own among them.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Any]], values: dict[str, Any]) -> None:
        self._make = make
        self._values = values
        self._composed: tuple[str, tuple[Any, ...]] | None = None

    def __call__(self, **values: Any) -> int:
        """Execute it and return how many rows have changed. Any thread."""
        connection = connections[DEFAULT_DB_ALIAS]
        sql, marked = self._composed or self._compose(connection)
        with (
            transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, _fill(marked, values, connection))
            return int(cursor.rowcount)

    def _compose(self, connection: Any) -> tuple[str, tuple[Any, ...]]:
        query: Any = self._make().query.chain(UpdateQuery)
        query.add_update_values(self._values)
        query.clear_select_clause()
        sql, marked = query.get_compiler(connection=connection).as_sql()
        self._composed = (sql, tuple(marked))
        return self._composed
