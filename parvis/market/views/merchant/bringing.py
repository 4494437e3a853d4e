"""Goods in bulk: the ways in, the difference before it is written, and the click that writes it."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.market import actions
from parvis.market.access import my_shop
from parvis.market.forms.bringing import EansForm, OneEanForm, PhotosForm, TableForm, WaitingForm, WebsiteForm
from parvis.market.goods import exports
from parvis.market.goods.difference import Difference
from parvis.market.goods.incoming import Reading
from parvis.market.goods.known import read_eans
from parvis.market.goods.photos import read_photos
from parvis.market.goods.reading import read_table
from parvis.market.goods.saying import parts_of, picture_url
from parvis.market.goods.website import read_saved_page
from parvis.market.models import GoodsImport, KnownProduct, Product, Shop
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest

A_PAGE = 50
MOST_UPLOAD = 10_000_000
MOST_PAGE = 5_000_000


@require_safe
def bring(request: PersonRequest, slug: str) -> HttpResponse:
    """The ways in, the quickest for this trade first; and what was brought and waits."""
    shop = my_shop(request, slug)
    waiting = GoodsImport.objects.filter(shop=shop, written_at=None).defer("rows", "errors", "report")
    context = {
        "waiting": waiting.order_by("-created_at")[:5],
        "has_goods": Product.objects.filter(shop=shop).exists(),
    }
    return shop_page(request, shop, "market/merchant/bring.html", "products", context)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_table(request: PersonRequest, slug: str) -> HttpResponse:
    """A file of goods: CSV or Excel."""
    shop = my_shop(request, slug)
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            reading = _read(file, shop)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            return _keep(request, shop, GoodsImport.Way.TABLE, file.name, reading, hide_missing=form.hides)
    status = 422 if form.errors else 200
    return shop_page(request, shop, "market/merchant/bring_table.html", "products", {"form": form}, status=status)


def _read(file: "UploadedFile[bytes]", shop: Shop) -> Reading:
    if (file.size or 0) > MOST_UPLOAD:
        raise Refusal(_("The file is bigger than %(most)d MB. Cut it in parts.") % {"most": MOST_UPLOAD // 1_000_000})
    with tempfile.TemporaryDirectory(prefix="parvis-") as folder:
        path = Path(folder) / "brought"
        with path.open("wb") as target:
            for piece in file.chunks():
                target.write(piece)
        return read_table(path, shop)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_eans(request: PersonRequest, slug: str) -> HttpResponse:
    """EANs typed, pasted or scanned; a scanner's Enter is a new line."""
    shop = my_shop(request, slug)
    form = EansForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reading = read_eans(form.cleaned_data["eans"], shop)
        except Refusal as refusal:
            form.add_error("eans", str(refusal))
        else:
            return _keep(request, shop, GoodsImport.Way.EANS, _("List of EANs"), reading)
    status = 422 if form.errors else 200
    context = {"form": form, "sources": _sources()}
    return shop_page(request, shop, "market/merchant/bring_eans.html", "products", context, status=status)


@require_POST
def add_ean(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """One more EAN on the list that is open: for scanning one thing after the other."""
    shop = my_shop(request, slug)
    run = _run(shop, pk)
    form = OneEanForm(request.POST)
    if form.is_valid():
        try:
            actions.add_to_import(run=run, reading=read_eans(form.cleaned_data["ean"], shop), at=timezone.now())
        except Refusal as refusal:
            form.add_error("ean", str(refusal))
        else:
            return redirect("merchant-import", slug, pk)
    return _show(request, shop, run, one=form)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_website(request: PersonRequest, slug: str) -> HttpResponse:
    """The shop's own site, read by a worker; or a page of it that was saved, read at once."""
    shop = my_shop(request, slug)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = WebsiteForm(data, files, initial={"address": shop.place.website})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file:
                return _keep(request, shop, GoodsImport.Way.WEBSITE, file.name, _saved_page(file, shop))
            run = actions.bring_website(
                shop=shop, address=form.cleaned_data["address"], at=timezone.now(), by=request.user
            )
        except Refusal as refusal:
            form.add_error("file" if file else "address", str(refusal))
        else:
            return redirect("merchant-import", shop.slug, run.pk)
    status = 422 if form.errors else 200
    return shop_page(request, shop, "market/merchant/bring_website.html", "products", {"form": form}, status=status)


def _saved_page(file: "UploadedFile[bytes]", shop: Shop) -> Reading:
    if (file.size or 0) > MOST_PAGE:
        raise Refusal(_("The page is bigger than %(most)d MB.") % {"most": MOST_PAGE // 1_000_000})
    return read_saved_page(file.read(), shop)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_photos(request: PersonRequest, slug: str) -> HttpResponse:
    """Several pictures at once: goods that wait for their price."""
    shop = my_shop(request, slug)
    form = PhotosForm(request.POST, request.FILES) if request.method == "POST" else PhotosForm()
    if request.method == "POST" and form.is_valid():
        try:
            reading = read_photos(form.cleaned_data["photos"])
        except Refusal as refusal:
            form.add_error("photos", str(refusal))
        else:
            return _keep(request, shop, GoodsImport.Way.PHOTOS, _("Pictures"), reading)
    status = 422 if form.errors else 200
    return shop_page(request, shop, "market/merchant/bring_photos.html", "products", {"form": form}, status=status)


def _sources() -> list[str]:
    """Whose data names EANs here: said beside what it proposes, as its licence asks."""
    return list(KnownProduct.objects.order_by("source").values_list("source", flat=True).distinct()[:3])


def _keep(
    request: PersonRequest, shop: Shop, way: str, name: str, reading: Reading, *, hide_missing: bool = False
) -> HttpResponse:
    run = actions.bring_goods(
        shop=shop,
        way=way,
        name=name,
        reading=reading,
        hide_missing=hide_missing,
        at=timezone.now(),
        by=request.user,
    )
    return redirect("merchant-import", shop.slug, run.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """The difference in parts, and what waits for a name or a price; a POST keeps what was typed and writes it all."""
    shop = my_shop(request, slug)
    run = _run(shop, pk)
    if request.method == "POST" and run.state == "shown":
        return _write(request, shop, run)
    return _show(request, shop, run)


def _refused(
    request: PersonRequest, shop: Shop, run: GoodsImport, forms: list[WaitingForm], sentence: str
) -> HttpResponse:
    """Say why, show the difference as it is now, and keep what was typed."""
    messages.error(request, sentence)
    run.refresh_from_db()
    if run.state != "shown":
        return redirect("merchant-import", shop.slug, run.pk)
    actions.compare_again(run=run, at=timezone.now())
    run.refresh_from_db()
    return _show(request, shop, run, forms)


def _show(
    request: PersonRequest,
    shop: Shop,
    run: GoodsImport,
    forms: list[WaitingForm] | None = None,
    one: OneEanForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"run": run, "state": run.state}
    if run.way == GoodsImport.Way.EANS and run.state == "shown":
        context |= {"one": one or OneEanForm(), "sources": _sources()}
    if run.state == "shown":
        difference = Difference.from_json(run.report)
        parts = parts_of(difference, shop.town.currency)
        chosen = next((part for part in parts if part.key == request.GET.get("part")), parts[0] if parts else None)
        page = Paginator(chosen.rows, A_PAGE).get_page(request.GET.get("page")) if chosen else None
        waiting = forms if forms is not None else [WaitingForm(row) for row in difference.incomplete[:A_PAGE]]
        context |= {
            "difference": difference,
            "figures": [{"label": part.label, "value": str(part.count)} for part in parts],
            "tabs": [
                {"label": part.label, "url": f"?part={part.key}", "count": part.count, "current": part is chosen}
                for part in parts
            ],
            "part": chosen,
            "page": page,
            "lines": [chosen.say(row) for row in page.object_list] if chosen and page else [],
            "waiting": [{"form": form, "picture": picture_url({"picture": form.row.picture})} for form in waiting],
            "more_waiting": max(0, len(difference.incomplete) - len(waiting)),
            "most_hidden": difference.hides and len(difference.missing) > difference.same + len(difference.changed),
        }
    status = 422 if forms is not None or one is not None else 200
    return shop_page(request, shop, "market/merchant/import.html", "products", context, status=status)


def _write(request: PersonRequest, shop: Shop, run: GoodsImport) -> HttpResponse:
    """What was typed is kept first; then everything that has a name and a price is written."""
    difference = Difference.from_json(run.report)
    forms = [WaitingForm(row, request.POST) for row in difference.incomplete[:A_PAGE]]
    wrong = [form for form in forms if not form.is_valid()]  # each of them, so that each says its sentence
    if wrong:
        return _show(request, shop, run, forms)
    at = timezone.now()
    typed = {form.row.row: said for form in forms if (said := form.said())}
    try:
        change = actions.write_import(run=run, typed=typed, at=at, by=request.user)
    except Refusal as refusal:
        return _refused(request, shop, run, forms, str(refusal))
    done = ngettext("%(count)d product is written.", "%(count)d products are written.", change.count)
    messages.success(request, done % {"count": change.count})
    left = GoodsImport.objects.filter(shop=shop, written_at=None, created_at=at).first()
    if left is not None:
        return redirect("merchant-import", shop.slug, left.pk)
    return redirect("merchant-products", shop.slug)


@require_POST
def leave(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Forget what was brought."""
    shop = my_shop(request, slug)
    try:
        actions.leave_import(run=_run(shop, pk), at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("merchant-import", slug, pk)
    messages.success(request, _("It is forgotten. Your goods are as they were."))
    return redirect("merchant-bring", slug)


@require_GET
def export(request: PersonRequest, slug: str, form: str) -> HttpResponse:
    """The shop's goods as a file that comes back."""
    shop = my_shop(request, slug)
    kinds = {
        "csv": ("text/csv; charset=utf-8", exports.goods_csv),
        "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", exports.goods_excel),
    }
    if form not in kinds:
        raise Http404
    kind, write = kinds[form]
    headers = {
        "Content-Disposition": f'attachment; filename="{shop.slug}.{form}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(write(shop), content_type=kind, headers=headers)


def _run(shop: Shop, pk: UUID) -> GoodsImport:
    run = get_object_or_404(GoodsImport, shop=shop, pk=pk)
    run.shop = shop
    return run
