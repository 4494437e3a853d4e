"""Addresses of the room ``bulletin``."""

from django.urls import path

from parvis.bulletin.views import agent, feeds, following, public, push, writing

urlpatterns = [
    # residents
    path("news/", public.news, name="news"),
    path("news/feed.rss", feeds.feed, {"kind": "rss"}, name="news-rss"),
    path("news/feed.atom", feeds.feed, {"kind": "atom"}, name="news-atom"),
    path("news/feed.json", feeds.feed, {"kind": "json"}, name="news-json"),
    path("news/follow/", following.follow, name="news-follow"),
    path("news/follow/<str:token>/", following.confirm, name="news-confirm"),
    path("news/following/", following.manage, name="news-following"),
    path("news/stop/<str:secret>/", following.stop, name="news-stop"),
    path("news/push/", push.allow, name="news-push"),
    path("news/push/end/", push.end, name="news-push-end"),
    path("news/push/renew/", push.renew, name="news-push-renew"),
    path("news-worker.js", push.worker, name="news-worker"),
    path("news/<uuid:pk>/", public.post, name="news-post"),
    path("news/<uuid:pk>/report/", public.report, name="news-report"),
    # shops, and the town
    path("my-news/", writing.mine, name="my-news"),
    path("my-news/<uuid:pk>/", writing.change, name="my-news-change"),
    path("my-news/<uuid:pk>/withdraw/", writing.withdraw, name="my-news-withdraw"),
    path("agent/news/", agent.queue, name="agent-news"),
    path("agent/news/rule/", agent.rule, name="agent-news-rule"),
    path("agent/news/<uuid:pk>/", agent.judge, name="agent-news-judge"),
]
