# Parvis: the digital main street of a town. Each recipe's comment is its help.
.PHONY: help run test check bench e2e format translations clean
.DEFAULT_GOAL := help
P := .venv/bin/python

# Show this help.
help:
	@awk '/^# /{help=substr($$0,3)} /^[a-z0-9]+:/{split($$1,n,":"); if(help) printf "make %-14s %s\n", n[1], help; help=""}' Makefile

# Set up everything and serve three demonstration towns and a neighbour at http://localhost:8000 (PORT=8001 make run for another port).
run:
	@scripts/install run
	@$(P) -m parvis serve --demo

# Set up everything and pass the tests (TESTS=parvis/market for a part of them).
test:
	@scripts/install dev
	@$(P) -m parvis.config.compile
	@$(P) -m pytest -n 2 --dist worksteal $(TESTS)

# Lint, types, templates, translations, floors of the house.
check:
	@scripts/install dev
	$(P) -m ruff check .
	$(P) -m ruff format --check .
	$(P) -m mypy parvis
	git ls-files '*.html' | xargs .venv/bin/djade --check --target-version 6.0
	$(P) -m pytest -n 0 -m house parvis/config/tests
	$(P) manage.py makemigrations --check --dry-run
	PARVIS_HTTPS=1 PARVIS_SMTP_HOST=localhost PARVIS_SECRET_KEY=$$(head -c 40 /dev/urandom | base64) $(P) manage.py check --deploy --fail-level WARNING

# Journeys in a real browser: each person, keyboard, without JavaScript, axe on every page (PARVIS_E2E_ALL=1: in all eight views).
e2e:
	@scripts/install dev
	@$(P) -m pytest e2e -n 0 -p no:randomly

# Measure pages and routing, other planners beside ours; results of record stand in bench/.
bench:
	@scripts/install dev
	@scripts/install bench
	$(P) -m parvis bench pages
	$(P) -m parvis bench routing $(or $(PARVIS_DATA),../shared/data)/routing/solomon --seconds 2 --every 4 --compare

# Rewrite code and templates in the project's format.
format:
	$(P) -m ruff check --fix-only -q .
	$(P) -m ruff format -q .
	-git ls-files '*.html' | xargs .venv/bin/djade --target-version 6.0

# Bring the French and Dutch files up to date with the code.
translations:
	$(P) -m parvis.config.translations

# Remove what can be made again; keeps the data in var/.
clean:
	rm -rf .venv node_modules var/static
