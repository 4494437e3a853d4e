"""Addresses of goods in bulk: in, out, changed, undone. They come before those of single products."""

from django.urls import path

from parvis.market.views.merchant import bringing, bulk

GOODS = "merchant/<slug:slug>/products/"
urlpatterns = [
    path(f"{GOODS}bring/", bringing.bring, name="merchant-bring"),
    path(f"{GOODS}bring/table/", bringing.bring_table, name="merchant-bring-table"),
    path(f"{GOODS}bring/list/", bulk.trade_list, name="merchant-bring-list"),
    path(f"{GOODS}bring/eans/", bringing.bring_eans, name="merchant-bring-eans"),
    path(f"{GOODS}bring/photos/", bringing.bring_photos, name="merchant-bring-photos"),
    path(f"{GOODS}bring/website/", bringing.bring_website, name="merchant-bring-website"),
    path(f"{GOODS}bring/<uuid:pk>/", bringing.show, name="merchant-import"),
    path(f"{GOODS}bring/<uuid:pk>/add/", bringing.add_ean, name="merchant-import-add"),
    path(f"{GOODS}bring/<uuid:pk>/leave/", bringing.leave, name="merchant-import-leave"),
    path(f"{GOODS}table/", bulk.table, name="merchant-table"),
    path(f"{GOODS}prices/", bulk.prices, name="merchant-prices"),
    path(f"{GOODS}undo/<uuid:pk>/", bulk.undo, name="merchant-goods-undo"),
    path(f"{GOODS}export.<slug:form>", bringing.export, name="merchant-goods-export"),
]
