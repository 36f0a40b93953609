"""Looking for words a standard forbids, and counting the ones it wants.

``folding`` gives text and rules one form, ``pattern`` turns a rule into what is searched,
``speech`` knows whose words they are, ``book`` finds and replaces, ``courtesy`` counts.
"""

from __future__ import annotations

from agentdesk.domain.phrases.book import Hit, PhraseBook
from agentdesk.domain.phrases.courtesy import polite_count, uses_ni

__all__ = ["Hit", "PhraseBook", "polite_count", "uses_ni"]
