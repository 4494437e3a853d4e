"""Addresses of the room ``market``."""

from django.urls import include, path

from parvis.market.views import (
    basket,
    checkout,
    following,
    funds,
    order_data,
    orders,
    papers,
    payments,
    public,
    round_figures,
    second_time,
    telling,
    withdrawing,
)

urlpatterns = [
    # residents
    path("shops/", public.shops, name="shops"),
    path("shops/<slug:slug>/", public.shop, name="shop"),
    path("shops/<slug:shop_slug>/<slug:slug>/", public.product, name="product"),
    path("products/", public.products, name="products"),
    path("basket/", basket.basket, name="basket"),
    path("basket/add/", basket.add, name="basket-add"),
    path("basket/change/", basket.change, name="basket-change"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:code>/", orders.order, name="order"),
    path("orders/<str:code>/follow/", following.follow, name="order-follow"),
    path("orders/<str:code>/follow/door/", following.door, name="order-door"),
    path("orders/<str:code>/follow/rate/", following.rate, name="order-rate"),
    path("orders/<str:code>/follow/change/", following.change, name="order-change"),
    path("orders/<str:code>/follow/keep/", following.keep, name="order-keep"),
    path("orders/<str:code>/follow/also/", second_time.also, name="order-also"),
    path("orders/<str:code>/follow/collect/", following.collect, name="order-collect"),
    path("orders/<str:code>/data.json", order_data.data, name="order-data"),
    path("me/messages/", telling.mine, name="my-messages"),
    path("me/messages/allow/", telling.allow_mine, name="my-messages-allow"),
    path("me/messages/end/", telling.end_mine, name="my-messages-end"),
    path("orders/<str:code>/messages/", telling.of_order, name="order-messages"),
    path("orders/<str:code>/messages/allow/", telling.allow_of_order, name="order-messages-allow"),
    path("orders/<str:code>/messages/end/", telling.end_of_order, name="order-messages-end"),
    path("orders/<str:code>/forget/", order_data.forget, name="order-forget"),
    path("orders/<str:code>/receipt/", orders.receipt, name="order-receipt"),
    path("orders/<str:code>/documents/<uuid:pk>.pdf", papers.of_order, name="order-document"),
    path("orders/<str:code>/parts/<uuid:pk>/withdraw/", withdrawing.withdraw, name="order-withdraw"),
    path("right-of-withdrawal/", withdrawing.right, name="right-of-withdrawal"),
    path("orders/<str:code>/parts/<uuid:pk>/cancel/", orders.cancel, name="order-cancel"),
    path("orders/<str:code>/pay/", payments.pay, name="order-pay"),
    path("payments/<slug:provider>/", payments.news, name="payment-news"),
    path("fund/", funds.fund, name="fund"),
    path("figures/", round_figures.weeks, name="figures"),
    # merchants and the town's agents
    path("", include("parvis.market.urls_merchant")),
]
