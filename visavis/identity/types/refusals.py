"""What identity refuses."""

from visavis.kernel.errors import Forbidden, Malformed, NotSignedIn, Refusal


class SignInFailed(NotSignedIn):
    """Unknown login, wrong password, wrong code, locked account: one answer for all (ASVS 5.0 V6.3.8)."""

    code = "sign_in_failed"
    recorded = True


class StepExpired(NotSignedIn):
    """The time between two steps of signing in ran out, or the step was used already."""

    code = "step_expired"


class IdentityRefused(NotSignedIn):
    """A token of the broker's site was not accepted; `params["reason"]` is for the site's operator."""

    code = "identity_refused"


class ProviderRefused(NotSignedIn):
    """The firm's OpenID Connect provider could not be asked, or what it said does not hold; `params["reason"]`."""

    code = "provider_refused"


class OriginRefused(Forbidden):
    """The page's origin is not on the list."""

    code = "origin_refused"


class PasswordWrong(Refusal):
    """The present password that was given for a new one is not the present one."""

    code = "password_wrong"
    status = 409


class WeakPassword(Refusal):
    """The password is too short, too long, contains the login, or is what everybody thinks of first."""

    code = "weak_password"
    status = 422


class Taken(Refusal):
    """Login, employee number or registration code belongs to somebody else; `params["field"]` says which."""

    code = "taken"
    status = 409


class LastAdministrator(Refusal):
    """The last active administrator can neither be locked, nor suspended, nor lose the role."""

    code = "last_administrator"
    status = 409


class HasLeft(Refusal):
    """Somebody who has left comes back only as a new member of staff."""

    code = "has_left"
    status = 409


class OriginUnusable(Malformed):
    """What was entered is not an origin: scheme, host and at most a port; https but for this machine's own pages."""

    code = "origin_unusable"


class KeyPrivate(Malformed):
    """A private key was entered where the public one belongs; it is not kept."""

    code = "key_private"


class KeyShort(Malformed):
    """The secret or key is shorter than today's cryptography asks."""

    code = "key_short"


class KeyUnfit(Malformed):
    """The text is not a key of the chosen algorithm."""

    code = "key_unfit"
