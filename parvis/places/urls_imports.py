"""Addresses of the directory as files: what goes out, what comes in, what an agent settles."""

from django.urls import path

from parvis.places.views import conflicts, exports, imports

urlpatterns = [
    path("places/export.csv", exports.as_csv, name="places-csv"),
    path("places/export.geojson", exports.as_geojson, name="places-geojson"),
    path("places/export.xlsx", exports.as_excel, name="places-xlsx"),
    path("agent/directory/imports/", imports.imports, name="imports"),
    path("agent/directory/imports/new/", imports.new, name="import-new"),
    path("agent/directory/imports/<uuid:pk>/", imports.show, name="import"),
    path("agent/directory/imports/<uuid:pk>/apply/", imports.apply, name="import-apply"),
    path("agent/directory/imports/<uuid:pk>/again/", imports.again, name="import-again"),
    path("agent/directory/imports/<uuid:pk>/leave/", imports.leave, name="import-leave"),
    path("agent/directory/conflicts/", conflicts.conflicts, name="conflicts"),
    path("agent/directory/conflicts/<uuid:pk>/", conflicts.settle, name="conflict-settle"),
]
