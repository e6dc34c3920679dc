"""Articles: written with the phone beside it, compared, checked; never sent from here."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.console.posts import STATES
from content import articles, audit, proofread
from content.article_html import article_html, picture_addresses
from content.articles import NotSaved, Overwritten
from content.models import Material, Revision
from content.staff import NotFound, Role
from content.store import clock
from scheduler import posts
from scheduler import register as pushes
from scheduler.models import Publication, State

NAVIGATION = (("console.article_list", "文章"),)
LISTED = 30
FIELDS = ("title", "author", "digest", "category", "source_url", "cover", "body")
PREVIEW_POLICY = (
    "default-src 'none'; img-src 'self' data: https:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
)


def article_list() -> str:
    page = max(request.args.get("page", 1, type=number), 1)
    words = request.args.get("words", "").strip()
    with parts().database.reading() as session:
        listed = articles.listing(session, words, LISTED + 1, (page - 1) * LISTED)
        pushed = pushes.coming(session, [one.material_id for one in listed])
    return render_template(
        "console/articles.html", listed=listed[:LISTED], words=words, page=page, has_more=len(listed) > LISTED,
        pushed=pushed, states=STATES,
    )  # fmt: skip


def article_new() -> str:
    return _editor(dict.fromkeys(FIELDS, ""), "", 0)


def article_edit(slug: str) -> str:
    with parts().database.reading() as session:
        revision = _latest(session, slug)
        findings = proofread.inspect(session, revision, parts().uploads, is_first=True)
    return _editor(_fields(revision), slug, revision.number, findings=findings, saved=revision)


def article_save() -> Any:
    """Nothing typed is ever lost: whatever is refused comes back in the form."""
    form = request.form
    fields = {name: form.get(name, "") for name in FIELDS}
    slug, base = form.get("slug", ""), form.get("base", 0, type=number)
    changed: list[Publication] = []
    try:
        with parts().database.transaction() as session:
            if slug:
                _material(session, slug)  # a new article gets its name from us: names become paths in an export
            revision = articles.save_draft(session, slug or None, by=current_user.name, base_number=base, **fields)
            slug = revision.material.slug
            if revision.number != base:
                numbers = posts.note_edit(session, revision.material_id, current_user.name)
                changed = [pushes.get_post(session, number) for number in numbers]
                audit.record(session, current_user.name, "article.save", f"article:{slug}", number=revision.number)
    except NotSaved as refused:
        return _editor(fields, slug, base, sentence=str(refused)), 400
    except Overwritten as refused:
        return _merge(fields, slug, base, refused), 409
    flash(f"已保存为第 {revision.number} 版。", "success")
    tell_pushes(changed)
    return redirect(url_for("console.article_edit", slug=slug))


def tell_pushes(changed: list[Publication]) -> None:
    """Pushes that took the new words: what was approved is not any more, and must go to the reviewers again."""
    for post in changed:
        named = f"排在 {clock.spoken(post.due_at)}的第 {post.id} 号推送"
        if post.state == State.IN_REVIEW:
            flash(f"{named}还在审核，已换成新的一版：前面的审核意见要重新给。", "warning")
        elif post.state in (State.DRAFT, State.RETURNED):
            address = url_for("console.post_show", post_id=post.id)
            words = f"{named}已换成新的一版，还没有送审：不重新送审就不会发出。"
            flash(Markup('{} <a class="alert-link" href="{}">去送审</a>').format(words, address), "warning")


def article_preview() -> Response:
    """Exactly the HTML that will be sent, in a phone's frame; alone allowed to hold inline styles, and no scripts."""
    form = request.form
    words = form.get("body", "")
    body = article_html(words, picture_addresses(words))
    page = render_template(
        "console/preview.html", title=form.get("title", ""), author=form.get("author", ""), body=body
    )
    return Response(page, headers={"Content-Security-Policy": PREVIEW_POLICY})


def article_history(slug: str) -> str:
    with parts().database.reading() as session:
        material = _material(session, slug)
        revisions = articles.history(session, material.id)
    return render_template("console/history.html", slug=slug, revisions=revisions, current=material.current_revision_id)


def article_difference(slug: str) -> str:
    numbers = request.args.get("old", 0, type=number), request.args.get("new", 0, type=number)
    with parts().database.reading() as session:
        material = _material(session, slug)
        old, new = (articles.find_revision(session, material.id, number) for number in numbers)
    if old is None or new is None:
        raise NotFound("没有这一版：请从版本列表里选。")
    return render_template(
        "console/difference.html", slug=slug, old=old, new=new, changes=articles.changes(old, new),
        is_whole="whole" in request.args,
    )  # fmt: skip


# ── what they share ───────────────────────────────────────────────────────────────────────────────────────────────────


def _editor(fields: dict[str, str], slug: str, base: int, **more: Any) -> str:
    return render_template("console/editor.html", fields=fields, slug=slug, base=base, **more)


def _merge(fields: dict[str, str], slug: str, base: int, refused: Overwritten) -> str:
    """Both texts and what lies between them: saving again goes on top of the newest."""
    with parts().database.reading() as session:
        theirs = _latest(session, slug)
    mine = Revision(
        **{name: value for name, value in fields.items() if name != "cover"}, facts={"cover": fields["cover"]}
    )
    return _editor(
        fields, slug, theirs.number, sentence=str(refused), changes=articles.changes(theirs, mine), theirs=theirs
    )


def _fields(revision: Revision) -> dict[str, str]:
    fields = {name: str(getattr(revision, name)) for name in FIELDS if name != "cover"}
    return {**fields, "cover": str(revision.facts.get("cover", ""))}


def _material(session: Any, slug: str) -> Material:
    material = articles.find_article(session, slug)
    if material is None:
        raise NotFound("没有这篇文章：请到文章列表里找。")
    return material


def _latest(session: Any, slug: str) -> Revision:
    revision = articles.latest_revision(session, _material(session, slug).id)
    if revision is None:
        raise NotFound("这篇文章还没有内容。")
    return revision


def register(blueprint: Blueprint) -> None:
    write = {Role.WRITE}
    guarded(blueprint, "/articles/", article_list, SIGNED_IN)
    guarded(blueprint, "/articles/new", article_new, write)
    guarded(blueprint, "/articles/save", article_save, write, ("POST",))
    guarded(blueprint, "/articles/preview", article_preview, SIGNED_IN, ("POST",))
    guarded(blueprint, "/articles/edit/<path:slug>", article_edit, write)
    guarded(blueprint, "/articles/history/<path:slug>", article_history, SIGNED_IN)
    guarded(blueprint, "/articles/difference/<path:slug>", article_difference, SIGNED_IN)
