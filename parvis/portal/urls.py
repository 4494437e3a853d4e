"""Addresses of the portal."""

from django.urls import include, path

from parvis.portal import api, crawlers, me, search_page, views, words_page

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search_page.search, name="search"),
    path("agent/words/", words_page.synonyms, name="agent-words"),
    path("agent/words/<uuid:pk>/remove/", words_page.remove, name="agent-word-remove"),
    path("about/", views.words, {"name": "about"}, name="about"),
    path("legal/", views.words, {"name": "legal"}, name="legal"),
    path("privacy/", views.words, {"name": "privacy"}, name="privacy"),
    path("accessibility/", views.words, {"name": "accessibility"}, name="accessibility"),
    path("me/", me.account, name="me"),
    path("me/data.zip", me.data, name="me-data"),
    path("me/erase/", me.erase, name="me-erase"),
    path("gallery/", views.gallery, name="gallery"),
    path("api/", api.api_page, name="api-page"),
    path("api/v1/", include(api.patterns())),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-<str:section>.xml", crawlers.section, name="sitemap-section"),
    path("language/", views.set_language, name="set-language"),
]
