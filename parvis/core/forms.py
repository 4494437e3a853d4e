"""How forms are drawn: one template for a field, label above, message between label and input."""

from django.forms.renderers import TemplatesSetting


class ParvisRenderer(TemplatesSetting):
    """Fields are drawn by ``core/field.html`` through our own templates."""

    form_template_name = "core/form.html"
    field_template_name = "core/field.html"
