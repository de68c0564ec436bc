"""The socket of a person's list of questions: a line whenever one of them changes its state."""

from __future__ import annotations

from homework.accounts.models import User
from homework.consumers.listening import ListeningSocket
from homework.pipeline.notices import group_of


class SolutionListSocket(ListeningSocket):
    """Tells a person of their own solutions; sends `{"type": "ready"}`, then `{"type": "solution",
    "id", "state"}` for each change."""

    def authorise(self, user: User) -> None:
        """Everybody may follow their own."""

    async def pump(self) -> None:
        await self.listen_to({group_of(self.user_id)})
        # From here on nothing is missed; a page that loaded its list before asks for it again.
        await self.send_json({"type": "ready"})
        while True:
            notice = await self.next_notice()
            await self.send_json({"type": "solution", "id": notice["id"], "state": notice["state"]})
