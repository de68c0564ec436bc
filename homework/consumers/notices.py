"""The socket of a person's notices: "your teacher corrected this", "something new to review".

A notice has no content; the page that gets one asks for what it needs.
"""

from __future__ import annotations

from homework.accounts.models import User
from homework.consumers.listening import ListeningSocket
from homework.pipeline.notices import notice_group_of


class NoticeSocket(ListeningSocket):
    """Sends `{"type": "ready"}`, then `{"type": "notice", "kind", ...}` for each notice."""

    def authorise(self, user: User) -> None:
        """Everybody has notices of their own."""

    async def pump(self) -> None:
        await self.listen_to({notice_group_of(self.user_id)})
        # From here on nothing is missed; what happened before stands in the page's own numbers.
        await self.send_json({"type": "ready"})
        while True:
            message = await self.next_notice()
            await self.send_json({"type": "notice", **message["notice"]})
