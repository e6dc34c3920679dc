"""After it is out: deleted at WeChat and on our own pages, and looked at on a reviewer's phone before it goes out."""

from sqlalchemy.orm import Session

from content import audit, repository, staff
from content.models import Material
from content.staff import Role
from scheduler.models import Channel, Publication, State
from scheduler.moves import NotPossible, get_locked, move, subject
from scheduler.outcomes import note
from scheduler.platform import PlatformTrouble
from scheduler.register import get_post, items
from scheduler.walk import Means

NAME_CHARACTERS = 32
MAY_PREVIEW = (Role.WRITE, Role.REVIEW1, Role.REVIEW2, Role.PUBLISH)
MAY_DELETE = (Role.PUBLISH, Role.ADMIN)


def retract(means: Means, publication_id: int, by: str, reason: str, is_deleted_by_hand: bool = False) -> None:
    """All its articles, for good. What was pushed stays as a card on phones and opens nothing any more. Raises
    NotAllowed, NoSuchPost and NotPossible.
    """
    with means.database.transaction() as session:
        by = staff.require(session, by, *MAY_DELETE).name
        publication = get_locked(session, publication_id)
        check_deletion(publication, reason, is_deleted_by_hand)
        note(publication, by, f"要求删除：{reason}")
    if not is_deleted_by_hand:
        _delete(means, publication)
    with means.database.transaction() as session:
        publication = get_locked(session, publication_id)
        if publication.state == State.WITHDRAWN:
            return
        _hide(session, publication)
        publication.trouble = reason.strip()
        move(session, publication, State.WITHDRAWN, by, reason=reason, by_hand=is_deleted_by_hand)


def preview(means: Means, publication_id: int, by: str, wechat_name: str) -> None:
    """To one named phone; WeChat allows a hundred a day. Raises NotAllowed, NoSuchPost and NotPossible."""
    with means.database.transaction() as session:
        by = staff.require(session, by, *MAY_PREVIEW).name
        publication = get_post(session, publication_id)
        check_preview(publication, wechat_name)
        audit.record(session, by, "post.preview", subject(publication))
    try:
        means.platform.preview(publication.draft_media_id, wechat_name.strip())
    except PlatformTrouble as trouble:
        raise NotPossible(f"预览没有发出：{trouble.sentence}") from trouble


def check_preview(publication: Publication, wechat_name: str) -> None:
    """Raises NotPossible."""
    if not publication.draft_media_id or publication.state not in (State.IN_REVIEW, State.SCHEDULED):
        raise NotPossible("微信上还没有这条推送的草稿：送审后稍等片刻，或检查它有没有封面。")
    if not wechat_name.strip() or len(wechat_name.strip()) > NAME_CHARACTERS:
        raise NotPossible("请写收看预览的人的微信号。")


def check_deletion(publication: Publication, reason: str, is_deleted_by_hand: bool) -> None:
    """Raises NotPossible."""
    if publication.state != State.PUBLISHED:
        raise NotPossible("只有已经发布的推送才能删除。")
    if not reason.strip():
        raise NotPossible("请写明为什么删除。")
    number = publication.article_id if publication.channel == Channel.PUBLISH else publication.msg_id
    if not number and not is_deleted_by_hand:
        raise NotPossible("不知道它在微信上的编号：请到公众号后台删除，再在这里选“已在后台删除”。")


def _delete(means: Means, publication: Publication) -> None:
    try:
        if publication.channel == Channel.PUBLISH:
            means.platform.delete_published(publication.article_id)
        else:
            means.platform.delete_mass(publication.msg_id)
    except PlatformTrouble as trouble:
        raise NotPossible(f"微信上没有删成：{trouble.sentence}") from trouble


def _hide(session: Session, publication: Publication) -> None:
    """Our own pages do not go on showing it."""
    for item in items(session, publication.id):
        material = session.get(Material, item.material_id)
        if material is not None and material.current_revision_id == item.revision_id:
            material.current_revision_id = None
    repository.touch_content(session)
