"""The quarter of the console that knows who sits here: first start and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config import Config
from agentdesk.desk.snapshot import Outcome, Profile
from agentdesk.tui.with_server import WithServer

if TYPE_CHECKING:
    from textual.screen import Screen

    from agentdesk.tui.screens.first_start import FirstStart
    from agentdesk.tui.screens.profile import PackTitles
    from agentdesk.tui.screens.profile import Profile as FormProfile
    from agentdesk.tui.screens.settings import Settings


class WithProfile(WithServer):
    """See the module."""

    _packs: PackTitles
    _config: Config

    def _settings(self) -> Screen[None]:
        from agentdesk.tui.screens.settings import Settings

        return Settings(self._packs, self._form_profile())

    def _form_profile(self) -> FormProfile:
        from agentdesk.tui.screens.profile import Profile as FormProfile

        held = self.snapshot.profile
        return FormProfile(
            language=held.language or self.s.language,
            pack=held.pack or self._config.pack or "",
            agent_no=held.agent_no,
            agent_name=held.agent_name,
            company=held.company,
            theme=self.theme_name,
        )

    def on_first_start_done(self, event: FirstStart.Done) -> None:
        """The first start was answered: keep it and begin."""
        self._keep_profile(
            Profile(
                event.agent_no,
                event.agent_name,
                event.company,
                event.pack,
                event.language,
                self.theme_name,
            )
        )
        from agentdesk.tui.screens.first_start import FirstStart

        if isinstance(self.screen, FirstStart):
            self.pop_screen()

    def on_settings_changed(self, event: Settings.Changed) -> None:
        """Settings hold at once."""
        p = event.profile
        self._keep_profile(
            Profile(p.agent_no, p.agent_name, p.company, p.pack, p.language, p.theme)
        )

    def _keep_profile(self, profile: Profile) -> None:
        self.port.run(lambda desk: desk.set_profile(profile), self._profile_kept)

    def _profile_kept(self, outcome: Outcome) -> None:
        self.take(outcome.snapshot)
        self.load_today()
