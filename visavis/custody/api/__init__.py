"""The door of custody: every verb that others may call, gathered from the modules beside this one."""

from visavis.custody.api.auditing import (
    ask_for_audit,
    audits,
    begin_audit,
    compare,
    give_up_audit,
    keep_audit,
    next_audit,
    nightly_audit,
)
from visavis.custody.api.capturing import health, stopped, watch
from visavis.custody.api.destroying import (
    ask_for_destruction,
    decide_destruction,
    destroy,
    destructions,
    resume_rotation,
)
from visavis.custody.api.dossiers import dossier
from visavis.custody.api.examining import bundle_taken, give_grant, grants, revoke_grant
from visavis.custody.api.exporting import (
    ask_for_export,
    carry_out,
    export_file,
    exports,
    give_up_export,
    next_export,
)
from visavis.custody.api.filing import file_records
from visavis.custody.api.keeping import (
    client_with,
    holds,
    kept_of,
    numbers_of,
    place_hold,
    release_hold,
    restrict_client,
    retention,
)
from visavis.custody.api.looking import (
    look_at,
    looks_taken,
    on_record,
    opened,
    proof_of,
    search,
    watermark,
)
from visavis.custody.api.portraying import portrait, take_home
from visavis.custody.store.origins import ERASURES, HOLDINGS, ORIGINS
from visavis.custody.terms import install

__all__ = [
    "ERASURES",
    "HOLDINGS",
    "ORIGINS",
    "ask_for_audit",
    "ask_for_destruction",
    "ask_for_export",
    "audits",
    "begin_audit",
    "bundle_taken",
    "carry_out",
    "client_with",
    "compare",
    "decide_destruction",
    "destroy",
    "destructions",
    "dossier",
    "export_file",
    "exports",
    "file_records",
    "give_grant",
    "give_up_audit",
    "give_up_export",
    "grants",
    "health",
    "holds",
    "install",
    "keep_audit",
    "kept_of",
    "look_at",
    "looks_taken",
    "next_audit",
    "next_export",
    "nightly_audit",
    "numbers_of",
    "on_record",
    "opened",
    "place_hold",
    "portrait",
    "proof_of",
    "release_hold",
    "restrict_client",
    "resume_rotation",
    "retention",
    "revoke_grant",
    "search",
    "stopped",
    "take_home",
    "watch",
    "watermark",
]
