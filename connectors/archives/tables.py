"""Parquet: raw items as rows with a column a field, and the rows of anybody else's tables.

The columns follow RawItem itself, so that a field it gains has its column.
Imported only where a table is written or read: pyarrow takes its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import inspect

from connectors.archives.pairs import body_of, with_body
from streams.codec import VERSION
from streams.errors import BadRecord
from streams.items import RawItem

# What reading a file that is no table, or is torn, raises.
UNREADABLE = (pa.ArrowException, OSError, ValueError, OverflowError)
# How many rows lie together: what of a damaged file is lost at most, and what is held in memory when written.
GROUP, _GROUP_BYTES = 1000, 64 * 1024 * 1024
_AT_ONCE = 100
_MARK = b"changehands.raw-items"
# Beside the item's fields: whether its body lies there unpacked, by what its record in the journal is known, and a
# checksum over the row, for nothing in a Parquet file guards the names and types of its columns.
_PLAIN, _DIGEST, _SUM = "body_is_unpacked", "digest", "checksum"
_SIMPLE: dict[Any, Any] = {
    inspect.StrType: pa.string(),
    inspect.EnumType: pa.string(),
    inspect.BoolType: pa.bool_(),
    inspect.IntType: pa.int64(),
    inspect.FloatType: pa.float64(),
    inspect.BytesType: pa.binary(),
    inspect.DateTimeType: pa.timestamp("us", tz="UTC"),
}


def _arrow(kind: Any) -> pa.DataType:
    """Return how values of a field's type lie in a table."""
    if isinstance(kind, inspect.UnionType):
        (kind,) = (one for one in kind.types if not isinstance(one, inspect.NoneType))
    if isinstance(kind, inspect.VarTupleType):
        return pa.list_(_arrow(kind.item_type))
    if isinstance(kind, inspect.StructType):
        return pa.struct([(field.name, _arrow(field.type)) for field in kind.fields])
    return _SIMPLE[type(kind)]


@cache
def schema() -> pa.Schema:
    """Return the columns of an archive: the fields of RawItem, and what is told beside them."""
    item = inspect.type_info(RawItem)
    assert isinstance(item, inspect.StructType)  # noqa: S101 - a struct's own type
    fields = [(field.name, _arrow(field.type)) for field in item.fields]
    beside = [(_PLAIN, pa.bool_()), (_DIGEST, pa.binary(16)), (_SUM, pa.binary(16))]
    return pa.schema([*fields, *beside], metadata={_MARK: str(VERSION)})


def is_ours(columns: pa.Schema) -> bool:
    """Whether a table with these columns is an archive of raw items, of a version that is known here."""
    return (columns.metadata or {}).get(_MARK) == str(VERSION).encode() or {_DIGEST, _SUM} < set(columns.names)


def row_of(item: RawItem, digest: bytes) -> dict[str, Any]:
    """Return an item as a row."""
    body, is_plain = body_of(item)
    row = msgspec.to_builtins(item, builtin_types=(bytes, datetime))
    del row["type"]
    row |= {"body": body, _PLAIN: is_plain, _DIGEST: digest}
    return {**row, _SUM: _checksum(row)}


def _checksum(row: dict[str, Any]) -> bytes:
    return sha256(msgspec.json.encode(row, order="deterministic")).digest()[:16]


def item_of(row: dict[str, Any]) -> RawItem:
    """Return the item in a row of an archive; raises BadRecord for what is none."""
    try:
        if row.pop(_SUM) != _checksum(row):
            raise BadRecord("it is not what was written: the checksum is another")
        return _item(row)
    except KeyError as error:
        raise BadRecord(f"it is no raw item: the table has no column {error}") from error
    except msgspec.ValidationError as error:
        raise BadRecord(f"it is no raw item: {error}") from error


def _item(row: dict[str, Any]) -> RawItem:
    body, is_plain = row.pop("body"), row.pop(_PLAIN)
    return with_body(msgspec.convert({**row, "body": b""}, RawItem), body, is_plain=is_plain)


def write(file: BinaryIO, items: Iterable[tuple[RawItem, bytes]]) -> int:
    """Write items, each with its digest, as a table, each page with a checksum; return how many there were."""
    count = 0
    with pq.ParquetWriter(file, schema(), compression="zstd", write_page_checksum=True) as writer:
        for rows in _groups(items):
            writer.write_table(pa.Table.from_pylist(rows, schema()), row_group_size=GROUP)
            count += len(rows)
    return count


def _groups(items: Iterable[tuple[RawItem, bytes]]) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    size = 0
    for item, digest in items:
        rows.append(row_of(item, digest))
        size += len(rows[-1]["body"])
        if len(rows) == GROUP or size > _GROUP_BYTES:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def opened(file: BinaryIO) -> pq.ParquetFile:
    """Open a table; raises pa.ArrowInvalid and OSError for what is none, or is torn."""
    # Without threads and buffers of its own: it is read in a process of little memory.
    return pq.ParquetFile(file, pre_buffer=False, page_checksum_verification=True)


def rows(table: pq.ParquetFile, group: int, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a group, times in UTC; raises pa.ArrowInvalid and OSError where it is damaged."""
    batches = table.iter_batches(_AT_ONCE, row_groups=[group], columns=columns, use_threads=False)
    for batch in batches:
        yield from (_in_utc(row) for row in batch.to_pylist())


def digests(file: BinaryIO) -> Iterator[bytes]:
    """Yield the digest of each item in an archive; raises as `opened` and `rows` do."""
    table = opened(file)
    for group in range(table.num_row_groups):
        yield from (row[_DIGEST] for row in rows(table, group, [_DIGEST]))


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value
    if isinstance(value, dict):
        return {name: _in_utc(one) for name, one in value.items()}
    return [_in_utc(one) for one in value] if isinstance(value, list) else value
