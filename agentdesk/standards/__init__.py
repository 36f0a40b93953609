"""Standards packs: the shipped ones, a centre's own, and the reading of both.

A pack is one TOML file. :mod:`schema` says which tables and keys there are, :mod:`source`
finds the line of a mistake, :mod:`reader` checks every value, :mod:`build` makes the
:class:`agentdesk.domain.pack.Pack`, :mod:`checks` compares the parts of a pack with each
other, :mod:`packfile` opens files, :mod:`merge` puts a pack over the one it extends, and
:mod:`loader` chooses between a centre's file and the shipped one. :mod:`clauses`, :mod:`facts`
and :mod:`conflicts` hold what is read about the shipped standards; :mod:`lint` looks at a file
thoroughly.
"""

from __future__ import annotations
