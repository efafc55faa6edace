"""The door of connections: who may speak, who belongs to whom, and the firm's acts upon it."""

from visavis.connections.api.acts import (
    book_report,
    decline,
    dissolve,
    establish,
    import_book,
    leave,
    part_with_leaver,
    rest,
    successors,
)
from visavis.connections.api.looks import (
    Listing,
    between,
    cards,
    client_view,
    connection,
    firm_list,
    funnel,
    my_clients,
    of_client,
    of_staff,
    own,
)
from visavis.connections.api.speaking import contact, greetable, may_speak, rest_until, touch
from visavis.connections.terms import install

__all__ = [
    "Listing",
    "between",
    "book_report",
    "cards",
    "client_view",
    "connection",
    "contact",
    "decline",
    "dissolve",
    "establish",
    "firm_list",
    "funnel",
    "greetable",
    "import_book",
    "install",
    "leave",
    "may_speak",
    "my_clients",
    "of_client",
    "of_staff",
    "own",
    "part_with_leaver",
    "rest",
    "rest_until",
    "successors",
    "touch",
]
