"""Croissant 1.0: what the files of a dataset are, as JSON-LD that catalogues and loaders read."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_MEDIA = {".jsonl": "application/jsonlines", ".parquet": "application/x-parquet"}


def croissant(folder: Path, files: Mapping[str, str], schema: pa.Schema, about: Mapping[str, str]) -> dict[str, Any]:
    """The description of a dataset in `folder` whose splits lie in `files` (split -> path below the folder).

    `about` has `name`, `description` and `licence`.
    """
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": about["name"],
        "description": about["description"],
        "license": about["licence"],
        "distribution": [_file(folder, path) for path in files.values()],
        "recordSet": [_records(split, path, schema) for split, path in files.items()],
    }


def _file(folder: Path, path: str) -> dict[str, Any]:
    with (folder / path).open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{(folder / path).stat().st_size} B",
        "encodingFormat": _MEDIA[Path(path).suffix],
        "sha256": checksum,
    }


def _records(split: str, path: str, schema: pa.Schema) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "field": [_field(f"{split}/{column.name}", column, path, (column.name,)) for column in schema],
    }


def _field(place: str, column: pa.Field, path: str, within: tuple[str, ...]) -> dict[str, Any]:
    """A column, or a member `within` one; a struct has its members as subfields, a list is repeated."""
    kind, repeated = column.type, False
    while pa.types.is_list(kind):
        kind, repeated = kind.value_type, True
    top, *inner = within
    source: dict[str, Any] = {"fileObject": {"@id": path}, "extract": {"column": top}}
    if inner:
        source["transform"] = [{"jsonPath": name} for name in inner]
    field: dict[str, Any] = {"@type": "cr:Field", "@id": place, "name": place, "source": source}
    if repeated:
        field["repeated"] = True
    if pa.types.is_struct(kind):
        members = [kind.field(i) for i in range(kind.num_fields)]
        field["subField"] = [_field(f"{place}/{m.name}", m, path, (*within, m.name)) for m in members]
    else:
        field["dataType"] = _data_type(kind)
    return field


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    return "sc:Boolean" if pa.types.is_boolean(kind) else "sc:Text"
