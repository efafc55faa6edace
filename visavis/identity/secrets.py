"""Passwords, one-time codes and recovery codes: computing with secrets, without I/O.

Passwords: argon2id, 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet). Codes: TOTP (RFC 6238), SHA-1,
6 digits, 30 s, one step of tolerance each way. Recovery codes: 80 random bits.
"""

import base64
import hashlib
import hmac
import io
import re
import secrets as random
import string
from urllib.parse import quote

import pyotp
import segno
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

STEP_S = 30
RECOVERY_CODES = 10
LEAST, MOST = 12, 128

# Letters that must remain, and different characters that there must be.
LEAST_OWN, LEAST_KINDS = 4, 5
LEET = str.maketrans("013457@$!", "oieastasi")
# What people choose first, here and abroad; longest first, so that nothing hides behind a shorter word.
WORDS = """
password passwort passwd letmein welcome iloveyou woaini admin administrator root user guest login default changeme
change secret access master test testing demo temp hello dragon monkey sunshine princess football baseball superman
batman shadow michael jennifer jordan charlie freedom whatever trustno internet computer samsung iphone android google
apple microsoft office windows server system support manager advisor broker securities trading stock fund finance bank
money company visavis summer winter spring autumn january february march april june july august september october
november december monday tuesday wednesday thursday friday saturday sunday china beijing shanghai shenzhen guangzhou
hangzhou nihao mima denglu guanliyuan gongsi zhengquan jijin gupiao caopan zhongguo woaiwojia wodemima taobao weixin
love baby angel mother father family forever lucky star happy flower cookie cheese pepper ginger hunter killer ninja
tiger panda pokemon starwars matrix merlin soccer hockey the and you my is for new pass pwd key
"""
COMMON = re.compile("|".join(sorted(WORDS.split(), key=len, reverse=True)))
# Three or more neighbours on a keyboard or in the alphabet, either way.
LINES = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "qazwsxedcrfvtgbyhnujmikolp",
)
RUNS = {
    one[at : at + size]
    for line in LINES
    for one in (line, line[::-1])
    for size in range(3, len(one) + 1)
    for at in range(len(one) - size + 1)
}
ROWS = re.compile("|".join(sorted(RUNS, key=len, reverse=True)))

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Whoever does not exist costs as much time as somebody who does.
NOBODY = _hasher.hash(random.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The argon2id hash in PHC form; takes about 30 ms of one core."""
    return _hasher.hash(password)


def verify_password(password_hash: str, password: str) -> bool:
    """Whether the password is the one; takes the same time for any."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def sound_password(password: str, login: str) -> bool:
    """Whether a new password is acceptable (ASVS 5.0 V6.2): 12 to 128 characters of any kind, without the login, and
    more than common words, sequences, repetitions and digits, of which the lists of leaked passwords consist.
    """
    inside = len(login) > 2 and login.lower() in password.lower()
    return LEAST <= len(password) <= MOST and not inside and not predictable(password)


def predictable(password: str) -> bool:
    """Whether next to nothing is left of a password without common words, rows of keys, repetitions and digits."""
    rest = password.lower()
    trimmed = rest.strip(string.digits + string.punctuation)
    for plain in (rest, rest.translate(LEET), trimmed.translate(LEET)):
        left = COMMON.sub("", ROWS.sub("", plain))
        left = re.sub(r"(.+?)\1+", r"\1", re.sub(r"[\W\d_]", "", left))
        if len(left) < LEAST_OWN:
            return True
    return len(set(rest)) < LEAST_KINDS


def fresh_seed() -> str:
    """A TOTP seed of 160 random bits in base32."""
    return pyotp.random_base32(32)


def matching_step(seed: str, code: str, now_s: int) -> int | None:
    """The time step that `code` belongs to, of the present one and its neighbours; None when it is none of them."""
    digits = "".join(one for one in code if one.isdigit())
    generator = pyotp.TOTP(seed)
    present = now_s // STEP_S
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(generator.generate_otp(step), digits):
            found = step
    return found


def usable_code(seed: str, now_s: int, last_step: int) -> str:
    """A code that `matching_step` takes now and that has not been used: of the present step, or else the next."""
    step = max(now_s // STEP_S, last_step + 1)
    return pyotp.TOTP(seed).generate_otp(step)


def otpauth(seed: str, login: str, firm: str) -> str:
    """The URI that an authenticator application reads (Key Uri Format)."""
    return f"otpauth://totp/{quote(firm)}:{quote(login)}?secret={seed}&issuer={quote(firm)}"


def qr_code(text: str) -> str:
    """A QR code as a data URI of an SVG."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=5, border=2, xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def fresh_recovery_codes() -> list[str]:
    """Ten codes of four groups of four letters and digits."""
    raw = [base64.b32encode(random.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    return ["-".join(one[i : i + 4] for i in range(0, 16, 4)) for one in raw]


def recovery_hash(code: str) -> bytes:
    """What is kept of a recovery code; spaces, dashes and case do not matter."""
    plain = "".join(one for one in code.upper() if one.isalnum())
    return hashlib.sha256(plain.encode()).digest()
