"""Addresses of the pages of shops and of the town's agent."""

from django.urls import path

from parvis.market.urls_goods import urlpatterns as goods
from parvis.market.views import agent, closing, cycles, funds, papers, payments, reconciling, vouchers
from parvis.market.views.merchant import money, options, orders, products, rules, shop

urlpatterns = [
    path("merchant/", orders.entry, name="merchant"),
    path("merchant/<slug:slug>/", orders.orders, name="merchant-orders"),
    path("merchant/<slug:slug>/orders/<uuid:pk>/", orders.order, name="merchant-order"),
    path("merchant/<slug:slug>/orders/<uuid:pk>/accept/", orders.accept, name="merchant-accept"),
    path("merchant/<slug:slug>/orders/<uuid:pk>/refuse/", orders.refuse, name="merchant-refuse"),
    path("merchant/<slug:slug>/orders/<uuid:pk>/ready/", orders.ready, name="merchant-ready"),
    path("merchant/<slug:slug>/orders/<uuid:pk>/sent/", orders.send, name="merchant-sent"),
    path("merchant/<slug:slug>/orders/<uuid:pk>/done/", orders.finish, name="merchant-done"),
    path("merchant/<slug:slug>/orders/<uuid:pk>/label/", orders.label, name="merchant-label"),
    path("merchant/<slug:slug>/orders/<uuid:pk>/label.pdf", orders.label_pdf, name="merchant-label-pdf"),
    path("merchant/<slug:slug>/products/", products.products, name="merchant-products"),
    path("merchant/<slug:slug>/products/add/", products.add, name="merchant-product-add"),
    path("merchant/<slug:slug>/products/<uuid:pk>/", products.edit, name="merchant-product"),
    path("merchant/<slug:slug>/products/<uuid:pk>/options/", options.options, name="merchant-product-options"),
    path("merchant/<slug:slug>/products/<uuid:pk>/quick/", products.quick, name="merchant-product-quick"),
    path("merchant/<slug:slug>/products/<uuid:pk>/hide/", products.hide, name="merchant-product-hide"),
    path("merchant/<slug:slug>/hours/", shop.hours, name="merchant-hours"),
    path("merchant/<slug:slug>/takes-orders/", shop.takes_orders, name="merchant-takes-orders"),
    path("merchant/<slug:slug>/rules/", rules.rules, name="merchant-rules"),
    path("merchant/<slug:slug>/rules/cycles/add/", rules.cycle, name="merchant-cycle-add"),
    path("merchant/<slug:slug>/rules/cycles/<uuid:pk>/", rules.cycle, name="merchant-cycle"),
    path("merchant/<slug:slug>/rules/cycles/<uuid:pk>/end/", rules.drop, name="merchant-cycle-drop"),
    path("merchant/<slug:slug>/ways/", shop.ways, name="merchant-ways"),
    path("merchant/<slug:slug>/about/", shop.about, name="merchant-about"),
    path("merchant/<slug:slug>/money/", money.money, name="merchant-money"),
    path("merchant/<slug:slug>/money/account/", payments.account, name="merchant-account"),
    path("merchant/<slug:slug>/documents/", papers.month, name="merchant-documents"),
    path("merchant/<slug:slug>/documents/<uuid:pk>.pdf", papers.of_shop, name="merchant-document"),
    path("agent/", agent.day, name="agent"),
    path("agent/cycles/", cycles.cycles, name="agent-cycles"),
    path("agent/cycles/add/", cycles.cycle, name="agent-cycle-add"),
    path("agent/cycles/<uuid:pk>/", cycles.cycle, name="agent-cycle"),
    path("agent/cycles/<uuid:pk>/end/", cycles.drop, name="agent-cycle-drop"),
    path("agent/closing/", closing.closing, name="agent-closing"),
    path("agent/closing/<uuid:pk>/reopen/", closing.reopen, name="agent-reopen"),
    path("agent/vouchers/", vouchers.campaigns, name="agent-vouchers"),
    path("agent/vouchers/new/", vouchers.new_campaign, name="agent-campaign-new"),
    path("agent/vouchers/shops/", vouchers.shops_owed, name="agent-voucher-shops"),
    path("agent/vouchers/shops/<slug:slug>/pay/", vouchers.pay, name="agent-voucher-pay"),
    path("agent/vouchers/<uuid:pk>/", vouchers.campaign, name="agent-campaign"),
    path("agent/vouchers/<uuid:pk>/edit/", vouchers.edit_campaign, name="agent-campaign-edit"),
    path("agent/vouchers/<uuid:pk>/issue/", vouchers.issue, name="agent-campaign-issue"),
    path("agent/vouchers/<uuid:pk>/sheet.pdf", vouchers.sheet, name="agent-campaign-sheet"),
    path("agent/vouchers/<uuid:pk>/withdraw/", vouchers.withdraw, name="agent-voucher-withdraw"),
    path("agent/fund/", funds.keep, name="agent-fund"),
    path("agent/reconciliation/", reconciling.reconciliation, name="agent-reconciliation"),
    path("agent/reconciliation/<uuid:pk>/again/", reconciling.again, name="agent-call-again"),
]
urlpatterns += goods
