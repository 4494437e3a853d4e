"""The town's feed: short news by its shops and the town, followed by residents.

Main verbs: ``actions.posts.publish_post``, ``judge_post``, ``withdraw_post``, ``report_post``;
``actions.following.follow``, ``stop``; ``actions.digests.send_digests``; ``actions.notices.push_post``.
It must not know orders or products; a post belongs to a place of the directory, or to the town.
Personal data: who follows what, their mail address and the browser they allowed: deleted when they stop. Who wrote
a post is kept with it; who reported one is kept as a keyed fingerprint for 30 days, to count each once. Posts that
were refused or withdrawn are deleted after a year, pictures too. A mail address is stored only once its owner has
followed the link in our mail.
"""
