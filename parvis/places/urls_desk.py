"""Addresses of claims, reports, the month's question, and the agent's desk of the directory."""

from django.urls import path

from parvis.places.views import claims, reports, still_right
from parvis.places.views.desk import claims as desk_claims
from parvis.places.views.desk import home, lists
from parvis.places.views.desk import reports as desk_reports

urlpatterns = [
    # whose shop it is
    path("places/<slug:slug>/claim/", claims.ask, name="claim-place"),
    path("claims/<uuid:pk>/", claims.claim, name="claim"),
    path("claims/<uuid:pk>/withdraw/", claims.withdraw, name="claim-withdraw"),
    # residents
    path("places/<slug:slug>/report/", reports.report, name="report-place"),
    # the month's question
    path("still-right/<str:token>/", still_right.still_right, name="still-right"),
    path("still-right/<str:token>/changed/", still_right.changed, name="still-right-changed"),
    path("still-right/<str:token>/stop/", still_right.stop, name="still-right-stop"),
    path("places/<slug:slug>/reminders/", still_right.wishes, name="place-reminders"),
    # agents
    path("agent/directory/", home.home, name="agent-directory"),
    path("agent/directory/claims/", desk_claims.claims, name="directory-claims"),
    path("agent/directory/claims/letters.pdf", desk_claims.print_letters, name="directory-letters"),
    path("agent/directory/claims/<uuid:pk>/", desk_claims.claim, name="directory-claim"),
    path("agent/directory/claims/<uuid:pk>/letter.pdf", desk_claims.print_letter, name="directory-letter"),
    path("agent/directory/claims/<uuid:pk>/call/", desk_claims.call, name="directory-call"),
    path("agent/directory/claims/<uuid:pk>/confirm/", desk_claims.confirm, name="directory-confirm"),
    path("agent/directory/reports/", desk_reports.reports, name="directory-reports"),
    path("agent/directory/reports/<uuid:pk>/", desk_reports.report, name="directory-report"),
    path("agent/directory/hours/", lists.hours, name="directory-hours"),
    path("agent/directory/hours/<slug:slug>/", lists.hours_of, name="directory-hours-of"),
    path("agent/directory/incomplete/", lists.incomplete, name="directory-incomplete"),
    path("agent/directory/twice/", lists.twins, name="directory-twins"),
    path("agent/directory/old/", lists.stale, name="directory-stale"),
    path("agent/directory/gone/", lists.gone, name="directory-gone"),
    path("agent/directory/places/<slug:slug>/right/", lists.right, name="directory-right"),
    path("agent/directory/places/<slug:slug>/gone/", lists.away, name="directory-away"),
    path("agent/directory/places/<slug:slug>/back/", lists.again, name="directory-again"),
    path("agent/directory/places/<slug:slug>/merge/", lists.merge, name="directory-merge"),
]
