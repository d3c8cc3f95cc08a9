"""An inbox rule, in the shape of Graph's messageRule or of Exchange's Get-InboxRule.

Context: `mailbox`, `mailbox_id`; from Graph `folders` (folder id → name), because Graph names folders by id; from
Exchange `visible` (ids of the rules shown without -IncludeHidden), because the answer does not say which are hidden.
"""

from __future__ import annotations

from kit.record import Record, Sample

EXCHANGE_CONDITIONS = (
    "BodyContainsWords",
    "SubjectContainsWords",
    "SubjectOrBodyContainsWords",
    "From",
    "FromAddressContainsWords",
    "HeaderContainsWords",
    "RecipientAddressContainsWords",
    "SentTo",
    "SentOnlyToMe",
    "MyNameInToBox",
    "MyNameInCcBox",
    "MyNameInToOrCcBox",
    "MyNameNotInToBox",
    "HasAttachment",
    "HasClassification",
    "MessageTypeMatches",
    "FlaggedForAction",
    "WithImportance",
    "WithSensitivity",
    "WithinSizeRangeMinimum",
    "WithinSizeRangeMaximum",
    "ReceivedAfterDate",
    "ReceivedBeforeDate",
)
EXCHANGE_ACTIONS = (
    "ForwardTo",
    "ForwardAsAttachmentTo",
    "RedirectTo",
    "MoveToFolder",
    "CopyToFolder",
    "DeleteMessage",
    "SoftDeleteMessage",
    "MarkAsRead",
    "MarkImportance",
    "ApplyCategory",
    "PinMessage",
    "SendTextMessageNotificationTo",
    "StopProcessingRules",
)

GRAPH = """
SELECT record_id, context, as_text(r, '$.id') AS id, NULL AS owner, r ->> '$.displayName' AS rule_name,
    as_flag(r, '$.isEnabled') AS enabled, false AS hidden, as_whole(r, '$.sequence') AS sequence,
    telling(r -> '$.conditions', json_keys(r -> '$.conditions')) AS conditions,
    flatten([as_texts(r, '$.conditions.subjectContains'), as_texts(r, '$.conditions.bodyOrSubjectContains'),
        as_texts(r, '$.conditions.bodyContains')]) AS words,
    flatten([r ->> '$.conditions.fromAddresses[*].emailAddress.address', as_texts(r, '$.conditions.senderContains')])
        AS senders,
    flatten([r ->> '$.actions.forwardTo[*].emailAddress.address', r ->> '$.actions.redirectTo[*].emailAddress.address',
        r ->> '$.actions.forwardAsAttachmentTo[*].emailAddress.address']) AS targets,
    coalesce(as_text(r, '$.actions.moveToFolder'), as_text(r, '$.actions.copyToFolder')) AS folder,
    as_flag(r, '$.actions.delete') AS deletes, as_flag(r, '$.actions.permanentDelete') AS purges,
    as_flag(r, '$.actions.markAsRead') AS marks_read, as_flag(r, '$.actions.stopProcessingRules') AS stops,
    telling(r -> '$.actions', json_keys(r -> '$.actions')) AS actions, 'graph' AS source
FROM opened WHERE json_exists(r, '$.displayName')
"""

EXCHANGE = f"""
SELECT record_id, context,
    coalesce(as_text(r, '$.RuleIdentity'), nullif(split_part(as_text(r, '$.Identity'), '\\', -1), '')) AS id,
    address_in(as_text(r, '$.MailboxOwnerId')) AS owner, r ->> '$.Name' AS rule_name,
    as_flag(r, '$.Enabled') AS enabled, NOT list_contains(as_texts(context, '$.visible'), id) AS hidden,
    as_whole(r, '$.Priority') AS sequence, telling(r, {list(EXCHANGE_CONDITIONS)}) AS conditions,
    flatten([as_texts(r, '$.SubjectContainsWords'), as_texts(r, '$.SubjectOrBodyContainsWords'),
        as_texts(r, '$.BodyContainsWords')]) AS words,
    flatten([as_texts(r, '$.From'), as_texts(r, '$.FromAddressContainsWords')]) AS senders,
    flatten([as_texts(r, '$.ForwardTo'), as_texts(r, '$.RedirectTo'), as_texts(r, '$.ForwardAsAttachmentTo')])
        AS targets,
    coalesce(as_text(r, '$.MoveToFolder'), as_text(r, '$.CopyToFolder')) AS folder,
    as_flag(r, '$.DeleteMessage') AS deletes, as_flag(r, '$.SoftDeleteMessage') AS purges,
    as_flag(r, '$.MarkAsRead') AS marks_read, as_flag(r, '$.StopProcessingRules') AS stops,
    telling(r, {list(EXCHANGE_ACTIONS)}) AS actions, 'exchange' AS source
FROM opened WHERE NOT json_exists(r, '$.displayName')
"""

# A folder's id stands in a JSON path below; what could break out of it is not looked up.
INBOX_RULES = f"""
WITH opened AS (SELECT record_id, context, try_cast(record AS JSON) AS r FROM raw),
rules AS ({GRAPH} UNION ALL {EXCHANGE})
SELECT record_id, id, coalesce(as_folded(context, '$.mailbox'), owner) AS mailbox,
    as_text(context, '$.mailbox_id') AS mailbox_id, rule_name, enabled, hidden, sequence, conditions,
    nullif(words, []) AS subject_words,
    nullif(list_sort(list_distinct(list_transform(senders, lambda x: coalesce(mailto(x), lower(x))))), [])
        AS from_addresses,
    nullif(list_sort(list_distinct(list_filter(list_transform(targets, lambda x: mailto(x)), lambda x: x IS NOT NULL))),
        []) AS forward_to,
    coalesce(CASE WHEN regexp_matches(folder, '^[A-Za-z0-9_=+/-]+$')
        THEN as_text(context, '$.folders."' || folder || '"') END, folder) AS move_to_folder,
    coalesce(deletes OR purges, deletes, purges) AS deletes, marks_read, stops, actions, source
FROM rules WHERE id IS NOT NULL
"""

SAMPLES = (
    Sample(
        says="Graph: forwards to an address outside whose display name is another address, hides mail in a folder",
        record='{"id":"AQAAAJ5dZqA=","displayName":".","sequence":1,"isEnabled":true,'
        '"conditions":{"bodyOrSubjectContains":'
        '["invoice","IBAN"],"senderContains":["Bank"],"isSigned":false},"actions":{"moveToFolder":"AAMkAGI2=",'
        '"markAsRead":true,'
        '"stopProcessingRules":true,"forwardTo":[{"emailAddress":{"name":"ceo@contoso.example",'
        '"address":"Drop@Evil.example"}}],'
        '"forwardTo@odata.context":"noise"}}',
        context={"mailbox": "Ana@contoso.example", "mailbox_id": "u1", "folders": {"AAMkAGI2=": "RSS Feeds"}},
        rows={
            "inbox_rules": [
                {
                    "mailbox": "ana@contoso.example",
                    "rule_name": ".",
                    "forward_to": ["drop@evil.example"],
                    "from_addresses": ["bank"],
                    "subject_words": ["invoice", "IBAN"],
                    "move_to_folder": "RSS Feeds",
                    "conditions": '{"bodyOrSubjectContains":["invoice","IBAN"],"senderContains":["Bank"]}',
                    "deletes": None,
                    "marks_read": True,
                    "stops": True,
                    "hidden": False,
                    "source": "graph",
                }
            ]
        },
    ),
    Sample(
        says="Exchange: a hidden rule whose id is beyond 2^53, an empty name, an internal and an external target",
        record='{"Name":"","RuleIdentity":15394007230974001153,"RuleIdentity@data.type":"System.UInt64",'
        '"Enabled":true,"Priority":1,'
        '"ForwardTo":["\\"Bo\\" [EX:/o=ExchangeLabs/ou=x/cn=Recipients/cn=bo]",'
        '"\\"a@b.example\\" [SMTP:Drop@Evil.example]"],'
        '"SubjectContainsWords":["invoice"],"DeleteMessage":true,"MarkAsRead":false,"StopProcessingRules":true,'
        '"From":null}',
        context={"mailbox": "ana@contoso.example", "mailbox_id": "u1", "visible": ["1"]},
        rows={
            "inbox_rules": [
                {
                    "id": "15394007230974001153",
                    "rule_name": "",
                    "forward_to": ["drop@evil.example"],
                    "deletes": True,
                    "marks_read": False,
                    "hidden": True,
                    "sequence": 1,
                    "conditions": '{"SubjectContainsWords":["invoice"]}',
                    "source": "exchange",
                }
            ]
        },
    ),
    Sample(
        says="odd: lists as text, an Identity instead of a number, flags as text, no context",
        record='{"Name":"x","Identity":"ana\\\\77","Enabled":"True","RedirectTo":"smtp:c@d.example",'
        '"DeleteMessage":"False",'
        '"MoveToFolder":"Archive","Priority":"2"}',
        rows={
            "inbox_rules": [
                {
                    "id": "77",
                    "enabled": True,
                    "forward_to": ["c@d.example"],
                    "deletes": False,
                    "hidden": None,
                    "mailbox": None,
                    "move_to_folder": "Archive",
                    "sequence": 2,
                }
            ]
        },
    ),
    Sample(
        says="odd: conditions and actions are null, the name holds markup",
        record='{"id":"r9","displayName":"<img src=x>","conditions":null,"actions":"none"}',
        context={"mailbox": "a@b.example"},
        rows={"inbox_rules": [{"rule_name": "<img src=x>", "conditions": None, "actions": None, "forward_to": None}]},
    ),
)

RECORD = Record("inbox_rule", "An inbox rule as it stands in a mailbox.", {"inbox_rules": INBOX_RULES}, SAMPLES)
