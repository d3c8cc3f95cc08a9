"""Sign-ins as Microsoft Graph gives them and the Entra portal downloads them as JSON."""

from __future__ import annotations

from kit.importer import Example, Importer

ENTRA_SIGN_IN_JSON = Importer(
    name="entra_sign_in_json",
    about="signIn objects of Microsoft Graph or the Entra portal's JSON download.",
    layouts=("objects",),
    names=("createddatetime", "status", "appid"),
    record="sign_in",
    select="SELECT record_id, object AS record, NULL AS context FROM given",
    example=Example(
        text='[{"id":"s1","createdDateTime":"2026-11-20T08:03:11Z","userPrincipalName":"ana@contoso.example","appId":"a1","ipAddress":"203.0.113.7","status":{"errorCode":0}}]',
        records=1,
    ),
)
