"""SLA clocks: how long something has taken, when it is due, and why.

Everything here is a function of its arguments: no clock is read and nothing is stored. ::

    from agentdesk.domain.sla import Calendar, due, elapsed

    calendar = Calendar.from_dict({"timezone": "Asia/Shanghai", "hours": {...}})
    due(calendar, start, timedelta(hours=4), pauses)      # datetime in UTC, or None
    elapsed(calendar, start, end, pauses)                 # timedelta

The rest is imported from where it stands, so that nobody pays for what they do not use:

* ``target``: kinds of targets (``Target``, ``read_target``, ``due_by``);
* ``clocks``: the clocks of a standard and ``choose``, which of them hold for an item;
* ``state``: ``plan`` and ``state``, how a clock stands at an instant;
* ``alarms``: warnings nobody has given yet, and a leader's roll-up;
* ``sums``: ``explain``, why it is due when it is;
* ``words``: ``明天10:30`` as an instant;
* ``china``: the public holidays of China in a calendar.
"""

from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.engine import due, elapsed

__all__ = ["Calendar", "due", "elapsed"]
