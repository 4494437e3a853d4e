"""``python -m parvis.config.compile``: make the translations readable before tests start."""

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.config.settings")
    django.setup()
    from parvis.config.serve import compile_translations

    compile_translations()
