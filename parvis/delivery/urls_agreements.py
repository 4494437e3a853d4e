"""Addresses of what two towns share, under ``/agent/sharing/``."""

from django.urls import path

from parvis.delivery.views import agreement_months, agreements

urlpatterns = [
    path("", agreements.agreements, name="agent-agreements"),
    path("new/", agreements.propose, name="agent-agreement-new"),
    path("ask/", agreements.ask, name="agent-agreement-ask"),
    path("<uuid:pk>/", agreements.agreement, name="agent-agreement"),
    path("<uuid:pk>/text.pdf", agreements.paper, name="agent-agreement-paper"),
    path("<uuid:pk>/sign/", agreements.sign, name="agent-agreement-sign"),
    path("<uuid:pk>/close/", agreements.close, name="agent-agreement-close"),
    path("<uuid:pk>/notice/", agreements.notice, name="agent-agreement-notice"),
    path("<uuid:pk>/<int:year>-<int:month>/", agreement_months.month, name="agent-agreement-month"),
    path("<uuid:pk>/<int:year>-<int:month>/statement.pdf", agreement_months.as_pdf, name="agent-agreement-month-pdf"),
    path("<uuid:pk>/<int:year>-<int:month>/issue/", agreement_months.issue, name="agent-agreement-month-issue"),
]
