"""Looking for words a standard forbids, and counting the ones it wants.

``folding`` gives text and rules one form, ``pattern`` and ``index`` turn rules into what is
searched, ``matching`` finds it, ``sheet`` leads back to what was typed, ``modes``, ``speech``
and ``judging`` say what is a fault, ``book`` puts it together, ``courtesy`` counts.
"""

from __future__ import annotations

from agentdesk.domain.phrases.book import Hit, PhraseBook
from agentdesk.domain.phrases.courtesy import polite_count, uses_ni
from agentdesk.domain.phrases.index import Unusable, unusable
from agentdesk.domain.phrases.speech import Speaker

__all__ = ["Hit", "PhraseBook", "Speaker", "Unusable", "polite_count", "unusable", "uses_ni"]
