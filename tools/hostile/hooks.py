"""What no schema can say, and nothing else; run.sh has schemathesis load it."""

import json
import re

import schemathesis
from hypothesis import strategies as st

# Header values with characters beyond letters and digits are made up only for formats that are known.
number = st.integers(min_value=0, max_value=9).map(str)
schemathesis.openapi.format("pim-etag", st.just("*") | number.map('"{}"'.format))
schemathesis.openapi.format("pim-position", st.builds("{}.{}.{}".format, st.integers(0, 4095), number, number))
schemathesis.openapi.format("pim-cursor", st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))

# Reasons that lie in the server's state and not in the request: each type has its own tests.
UNSAYABLE = {
    "urn:pim:problem:bad-cursor",  # a cursor is opaque and carries a checksum
    "urn:pim:problem:key-reused",  # an earlier request took the Idempotency-Key
    "urn:pim:problem:stale-version",  # If-Match names another version than the present one
}

# run.sh registers them; the document's examples name them.
KNOWN = {
    "provider_id": "0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22",
    "facility_id": "0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d33",
}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if type(failure).__name__ != "RejectedPositiveData":
        return True
    try:
        return json.loads(response.content).get("type") not in UNSAYABLE
    except ValueError:
        return True


def with_check_digit(npi):
    """The NPI's last digit is Luhn's over 80840 and the nine before it."""
    total = 0
    for place, digit in enumerate(reversed("80840" + npi[:9])):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return npi[:9] + str(-total % 10)


@schemathesis.hook
def before_call(context, case, kwargs):
    # A deadline of a millisecond is honoured: it passes, and the answer is 503. Tests of its own hold that.
    for name, value in list((case.headers or {}).items()):
        if name.lower() == "pim-deadline-ms" and re.fullmatch(r"[1-9][0-9]{0,3}", str(value)):
            case.headers[name] = "5000" if isinstance(value, str) else 5000
        # Of the tenants that are made up, most are the caller's own: or next to nothing would be created.
        if name.lower() == "pim-tenant" and re.fullmatch(r"[a-t][a-z0-9-]{1,31}", str(value)):
            case.headers[name] = "north-health"
    if not isinstance(case.body, dict):
        return
    body = dict(case.body)
    # A pattern cannot count a check digit: wrong ones are tested beside the codes' sources.
    if isinstance(body.get("npi"), str) and re.fullmatch(r"9[0-9]{9}", body["npi"]):
        body["npi"] = with_check_digit(body["npi"])
    # Most of the providers and facilities that a patient's commands name exist: or nobody would be admitted.
    for name, known in KNOWN.items():
        if "/patients/" in case.path and re.fullmatch(r"[0-9a-f-]{35}[0-9a-d]", str(body.get(name))):
            body[name] = known
    case.body = body
