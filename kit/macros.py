"""The DuckDB macros that record selects are written in: one way to read a field, an address, a time.

`r` is the raw record (JSON text); paths are JSON paths. Whatever the field's shape, a macro gives a value or NULL,
never an error: real records put lists, numbers and strings in the same place.

    as_text(r, '$.a.b')   text; "" is NULL; numbers and booleans as text
    as_folded(r, path)    text, trimmed and case-folded: user names, addresses
    as_flag(r, path)      boolean, from true/false, "True"/"False", 0/1
    as_whole(r, path)     integer, also out of "20" and "1156492.00"
    as_number(r, path)    float
    as_time(r, path)      UTC timestamp, see `moment`
    as_texts(r, path)     list of text out of a list, or of one value
    moment(text)          timestamp out of the shapes of real exports: ISO with or without zone (none means UTC), with up to
                          nine decimals; US "5/18/2021 9:13:33 PM" and "6/15/2026, 3:50:10.181 PM"; PowerShell "/Date(ms)/"
    bare_ip(text)         address without port and brackets, IPv4-mapped IPv6 as IPv4; NULL when it is no address
    named(list)           object name → value out of a list of {Name, Value} (or {name, value}, {key, value}, {displayName, newValue})

    address_in(text)      first mail address in a text such as '"Ana" [SMTP:Ana@x.example]', case-folded
    addresses_in(text)    all of them, each once, sorted; NULL when there is none
    words_in(text)        the parts of "a;b;c", trimmed; NULL when there is none
    logon_type(text)      0 owner, 1 admin, 2 delegate ... out of the number or its name
    mailto(text)          the address of one recipient as Exchange writes it: '"Ana" [SMTP:ana@x.example]'; NULL for '[EX:/o=…]'
    telling(json, names)  object of those members that say something: not null, false, "", [] or {}; NULL when none does
    loose_json(text)      JSON, or NULL; also out of Python's way of printing it ("{'a': None}"), which exports contain
    cell(o, name)         text of a Log Analytics column, whose header may carry " [UTC]"
    cell_json(o, name)    JSON of one, whose header may carry "_dynamic" or "_string"

For audit records, whose lists are read as typed structs because there are millions of them:

    prop(list, name)      value of the first {Name, Value} of that name; "" is NULL
    told(list, name)      the same, "" kept: an empty rule name is a fact
    object_of(list)       object name → Value, as JSON text
    changes_of(list)      object Name → [OldValue, NewValue], as JSON text
"""

from __future__ import annotations

from typing import Any

SETTINGS = ("SET TimeZone = 'UTC'",)  # a time without zone is UTC, on every machine
ADDRESS = r'[^\s"<>\[\]:;,\\/()]+@[^\s"<>\[\]:;,\\/()]+'
MACROS = (
    "CREATE OR REPLACE MACRO as_text(r, path) AS nullif(try_cast(r AS JSON) ->> path, '')",
    "CREATE OR REPLACE MACRO as_folded(r, path) AS nullif(lower(trim(as_text(r, path))), '')",
    "CREATE OR REPLACE MACRO as_flag(r, path) AS CASE lower(as_text(r, path)) "
    "WHEN 'true' THEN true WHEN '1' THEN true WHEN 'false' THEN false WHEN '0' THEN false END",
    "CREATE OR REPLACE MACRO as_number(r, path) AS try_cast(as_text(r, path) AS DOUBLE)",
    "CREATE OR REPLACE MACRO as_whole(r, path) AS coalesce(try_cast(as_text(r, path) AS BIGINT), "
    "try_cast(try_cast(as_text(r, path) AS DOUBLE) AS BIGINT))",
    r"CREATE OR REPLACE MACRO moment(t) AS CASE "
    r"WHEN t IS NULL THEN NULL "
    r"WHEN regexp_matches(t, '^\d{4}-\d{2}-\d{2}') THEN timezone('UTC', try_cast(t AS TIMESTAMPTZ)) "
    r"WHEN t LIKE '/Date(%' THEN make_timestamp(try_cast(regexp_extract(t, '-?\d+') AS BIGINT) * 1000) "
    r"ELSE try_strptime(replace(t, ',', ''), ['%m/%d/%Y %I:%M:%S.%f %p', '%m/%d/%Y %I:%M:%S %p', "
    r"  '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M %p', '%m/%d/%Y %H:%M']) END",
    "CREATE OR REPLACE MACRO as_time(r, path) AS moment(as_text(r, path))",
    "CREATE OR REPLACE MACRO as_texts(r, path) AS CASE json_type(try_cast(r AS JSON), path) "
    "WHEN 'ARRAY' THEN list_filter(from_json(try_cast(r AS JSON) -> path, '[\"VARCHAR\"]'), lambda x: x IS NOT NULL) "
    "WHEN 'NULL' THEN NULL ELSE CASE WHEN as_text(r, path) IS NULL THEN NULL ELSE [as_text(r, path)] END END",
    r"CREATE OR REPLACE MACRO bare_ip(t) AS CASE "
    r"WHEN t IS NULL THEN NULL "
    r"WHEN regexp_matches(t, '^\d{1,3}(\.\d{1,3}){3}(:\d+)?$') THEN split_part(t, ':', 1) "
    r"WHEN regexp_matches(lower(t), '^\[?::ffff:\d{1,3}(\.\d{1,3}){3}\]?(:\d+)?$') "
    r"  THEN regexp_extract(t, '\d{1,3}(\.\d{1,3}){3}') "
    r"WHEN regexp_matches(t, '^\[[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(%\w+)?\](:\d+)?$') THEN lower(regexp_extract(t, '\[([0-9A-Fa-f:]+)', 1)) "
    r"WHEN regexp_matches(t, '^[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f]*$') THEN lower(t) END",
    "CREATE OR REPLACE MACRO named(l) AS CASE WHEN json_type(try_cast(l AS JSON)) = 'ARRAY' THEN "
    "(SELECT json_group_object(coalesce(i ->> '$.Name', i ->> '$.name', i ->> '$.key', i ->> '$.displayName'), "
    "coalesce(i ->> '$.Value', i ->> '$.value', i ->> '$.NewValue', i ->> '$.newValue')) "
    "FROM (SELECT unnest(from_json(try_cast(l AS JSON), '[\"JSON\"]')) AS i) "
    "WHERE coalesce(i ->> '$.Name', i ->> '$.name', i ->> '$.key', i ->> '$.displayName') IS NOT NULL) END",
    rf"CREATE OR REPLACE MACRO address_in(t) AS nullif(regexp_extract(lower(t), '{ADDRESS}'), '')",
    rf"CREATE OR REPLACE MACRO addresses_in(t) AS CASE WHEN contains(t, '@') THEN "
    rf"list_sort(list_distinct(regexp_extract_all(lower(t), '{ADDRESS}'))) END",
    r"CREATE OR REPLACE MACRO mailto(t) AS coalesce(nullif(regexp_extract(lower(t), '\[smtp:([^\]\s]+)\]', 1), ''), "
    r"CASE WHEN NOT contains(lower(t), '[ex:') THEN address_in(t) END)",
    "CREATE OR REPLACE MACRO words_in(t) AS CASE WHEN trim(t) <> '' THEN "
    "list_filter(list_transform(string_split(t, ';'), lambda x: trim(x)), lambda x: x <> '') END",
    "CREATE OR REPLACE MACRO logon_type(t) AS coalesce(try_cast(t AS BIGINT), list_position(['owner', 'admin', 'delegate', "
    "'transport', 'systemservice', 'bestaccess', 'delegatedadmin'], lower(t)) - 1)",
    "CREATE OR REPLACE MACRO loose_json(t) AS coalesce(try_cast(t AS JSON), CASE WHEN contains(t, chr(39)) THEN "
    "try_cast(replace(replace(replace(replace(t, chr(39), chr(34)), ': None', ': null'), ': True', ': true'), "
    "': False', ': false') AS JSON) END)",
    "CREATE OR REPLACE MACRO cell(o, name) AS nullif(coalesce(o ->> ('$.\"' || name || '\"'), "
    "o ->> ('$.\"' || name || ' [UTC]\"')), '')",
    "CREATE OR REPLACE MACRO cell_json(o, name) AS loose_json(coalesce(nullif(o ->> ('$.\"' || name || '\"'), ''), "
    "nullif(o ->> ('$.\"' || name || '_dynamic\"'), ''), o ->> ('$.\"' || name || '_string\"')))",
    "CREATE OR REPLACE MACRO told(l, k) AS list_filter(l, lambda x: x.Name = k)[1].Value",
    "CREATE OR REPLACE MACRO prop(l, k) AS nullif(list_filter(l, lambda x: x.Name = k)[1].Value, '')",
    "CREATE OR REPLACE MACRO joined_object(pairs) AS CASE WHEN pairs IS NULL OR len(pairs) = 0 THEN NULL "
    "ELSE '{' || array_to_string(pairs, ',') || '}' END",
    "CREATE OR REPLACE MACRO object_of(l) AS joined_object(list_transform(list_filter(l, lambda x: x.Name IS NOT NULL), "
    "lambda x: to_json(x.Name) || ':' || coalesce(CAST(to_json(x.Value) AS VARCHAR), 'null')))",
    "CREATE OR REPLACE MACRO telling(j, names) AS joined_object(list_transform(list_filter(names, lambda k: NOT contains(k, '@') "
    "AND coalesce(CAST(json_extract(j, '/' || k) AS VARCHAR), 'null') NOT IN ('null', 'false', '\"\"', '[]', '{}')), "
    "lambda k: to_json(k) || ':' || CAST(json_extract(j, '/' || k) AS VARCHAR)))",
    "CREATE OR REPLACE MACRO changes_of(l) AS joined_object(list_transform(list_filter(l, lambda x: x.Name IS NOT NULL), "
    "lambda x: to_json(x.Name) || ':[' || coalesce(CAST(to_json(x.OldValue) AS VARCHAR), 'null') || ',' || "
    "coalesce(CAST(to_json(x.NewValue) AS VARCHAR), 'null') || ']'))",
)


def install(connection: Any) -> None:
    """Make the macros known to a DuckDB connection."""
    for statement in (*SETTINGS, *MACROS):
        connection.execute(statement).fetchall()
