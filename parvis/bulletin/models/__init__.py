"""Posts and what happened to them; who follows what, and how they hear of it."""

from parvis.bulletin.models.followers import Follow, Follower, PushSubscription
from parvis.bulletin.models.posts import Newsroom, Post, PostEvent, PostQuerySet

__all__ = ["Follow", "Follower", "Newsroom", "Post", "PostEvent", "PostQuerySet", "PushSubscription"]
