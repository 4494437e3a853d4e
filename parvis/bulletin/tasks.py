"""Background work of the bulletin: three lines each that call an action."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(queue="news")
def tell_followers(post_id: str) -> None:
    """Tell the browsers of a post's followers, portion by portion."""
    from parvis.bulletin.actions import notices
    from parvis.bulletin.models import Post

    post = Post.objects.select_related("place").filter(pk=post_id).first()
    for portion in notices.tell_followers(post) if post else []:
        push_post.defer(post_id=post_id, browsers=[str(pk) for pk in portion], tried=0)


@app.task(queue="news")
def push_post(post_id: str, browsers: list[str], tried: int) -> None:
    """Tell some browsers of a post; those whose service asks for patience, later."""
    from parvis.bulletin.actions import notices
    from parvis.bulletin.models import Post

    post = Post.objects.select_related("place", "town").filter(pk=post_id).first()
    if post is None:
        return
    again, wait = notices.push_post(post, [UUID(pk) for pk in browsers], tried=tried, at=timezone.now())
    if again:
        later = push_post.configure(schedule_in={"seconds": int(wait.total_seconds())})
        later.defer(post_id=post_id, browsers=[str(pk) for pk in again], tried=tried + 1)


@app.periodic(cron="5,20,35,50 * * * *")
@app.task(queue="mail", queueing_lock="digests")
def send_digests(timestamp: int) -> None:
    """Letters that are due by now; a worker that was away writes them when it is back."""
    from parvis.bulletin.actions import digests

    digests.send_digests(timezone.now())
