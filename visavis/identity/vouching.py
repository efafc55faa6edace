"""Checks the identity tokens of the broker's site: JWT with exactly the algorithm of its key (RFC 7519, RFC 8725)."""

import base64
import binascii
import json
import math
import re
import warnings
from collections.abc import Mapping
from typing import Any, TypeGuard, cast

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from visavis.archive import api as archive
from visavis.identity.types import (
    IdentityRefused,
    Issuer,
    KeyPrivate,
    KeyShort,
    KeyUnfit,
    Vouched,
)
from visavis.kernel import clock
from visavis.kernel.errors import Malformed
from visavis.kernel.languages import LANGUAGES

ALGORITHMS = ("EdDSA", "ES256", "RS256", "HS256")
# RFC 9864 gives EdDSA with Ed25519 a name of its own; it is the same algorithm.
SAME = {"Ed25519": "EdDSA"}
SKEW_S = 30
LONGEST_TOKEN = 8192
LONGEST_CONTEXT = 4096
LEAST_SECRET = 32
LEAST_RSA_BITS = 2048
# A stable number or opaque id; never an e-mail address, which people change and share.
REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")

Key = OctKey | RSAKey | ECKey | OKPKey


def unverified(token: str) -> tuple[str, str, str]:
    """Issuer, key id and algorithm as the token claims them, only to find the key; raises `IdentityRefused`."""
    parts = token.split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3:
        raise IdentityRefused(reason="form")
    try:
        header, payload = (json.loads(_decoded(part)) for part in parts[:2])
    except (ValueError, RecursionError):
        raise IdentityRefused(reason="form") from None
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise IdentityRefused(reason="form")
    found = (payload.get("iss"), header.get("kid"), header.get("alg"))
    if not all(isinstance(one, str) and one for one in found):
        raise IdentityRefused(reason="form")
    return str(found[0]), str(found[1]), str(found[2])


def check(
    token: str, claimed_algorithm: str, issuer: Issuer, audience: str, longest_s: int
) -> Vouched:
    """What the token vouches for; raises `IdentityRefused` with the reason."""
    if SAME.get(claimed_algorithm, claimed_algorithm) != issuer.algorithm:
        raise IdentityRefused(reason="algorithm")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        try:
            claims = jwt.decode(token, opened(issuer), algorithms=[claimed_algorithm]).claims
        except (JoseError, ValueError):
            raise IdentityRefused(reason="signature") from None
    return _checked(claims, issuer, audience, longest_s)


def _checked(claims: Mapping[str, Any], issuer: Issuer, audience: str, longest_s: int) -> Vouched:
    if claims.get("iss") != issuer.issuer:
        raise IdentityRefused(reason="issuer")
    if claims.get("aud") not in (audience, [audience]):
        raise IdentityRefused(reason="audience")
    issued, expires = claims.get("iat"), claims.get("exp")
    now = clock.now_ms() / 1000
    if not _is_time(issued) or not _is_time(expires) or expires - issued > longest_s:
        raise IdentityRefused(reason="life")
    if expires <= now:
        raise IdentityRefused(reason="expired")
    begins = claims.get("nbf", issued)
    if not _is_time(begins) or max(issued, begins) > now + SKEW_S:
        raise IdentityRefused(reason="not_yet")
    token_id, ref = claims.get("jti"), claims.get("sub")
    if not isinstance(token_id, str) or not 8 <= len(token_id) <= 128:
        raise IdentityRefused(reason="jti")
    if not isinstance(ref, str) or not REF.fullmatch(ref):
        raise IdentityRefused(reason="sub")
    language, context = claims.get("lang"), claims.get("ctx", {})
    if not isinstance(context, dict) or len(json.dumps(context)) > LONGEST_CONTEXT:
        raise IdentityRefused(reason="ctx")
    return Vouched(
        issuer.issuer,
        token_id,
        ref,
        _name(claims.get("name")),
        language if language in LANGUAGES else "zh-CN",
        issuer.environment,
        clock.from_us(int(expires * 1_000_000)),
        context,
        _name(claims.get("name_en")),
    )


def _name(claim: object) -> str:
    return claim.strip()[:60] if isinstance(claim, str) else ""


def registered(issuer: Issuer, key: str) -> Issuer:
    """The issuer with a key that fits its algorithm: a PEM public key, or a base64 secret, which is kept sealed.

    Raises `Malformed` with `key`: a private key is refused, a short secret and a short RSA key too.
    """
    if issuer.algorithm not in ALGORITHMS:
        raise Malformed(field="algorithm", reason=f"enum {', '.join(ALGORITHMS)}")
    if "PRIVATE" in key:
        raise KeyPrivate(field="key")
    try:
        if issuer.algorithm == "HS256":
            secret = base64.b64decode(key, validate=True)
            if len(secret) < LEAST_SECRET:
                raise KeyShort(field="key")
            kept = base64.b64encode(archive.keep_secret(secret, _purpose(issuer))).decode()
        else:
            found = _asymmetric(issuer.algorithm, key)
            if isinstance(found, RSAKey) and found.public_key.key_size < LEAST_RSA_BITS:
                raise KeyShort(field="key")
            kept = key.strip()
    except (JoseError, ValueError, TypeError, binascii.Error):
        raise KeyUnfit(field="key", reason=issuer.algorithm) from None
    return Issuer(
        issuer.issuer, issuer.key_id, issuer.algorithm, issuer.environment, issuer.active, kept
    )


def opened(issuer: Issuer) -> Key:
    """The key that checks this issuer's tokens."""
    if issuer.algorithm == "HS256":
        secret = archive.open_secret(base64.b64decode(issuer.key), _purpose(issuer))
        return OctKey.import_key(secret)
    return _asymmetric(issuer.algorithm, issuer.key)


def _asymmetric(algorithm: str, pem: str) -> Key:
    if algorithm == "RS256":
        with warnings.catch_warnings():
            # A short key is refused by `registered`, in words.
            warnings.simplefilter("ignore", SecurityWarning)
            return RSAKey.import_key(pem)
    if algorithm == "ES256":
        key = ECKey.import_key(pem)
        if key.curve_name != "P-256":
            raise ValueError("curve")
        return key
    found = OKPKey.import_key(pem)
    if found.curve_name != "Ed25519":
        raise ValueError("curve")
    return found


def _purpose(issuer: Issuer) -> str:
    return f"embed {issuer.issuer} {issuer.key_id}"


def _is_time(value: object) -> TypeGuard[float]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(cast(float, value))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
