import sys
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from marketplace.core.errors import RuleBroken
from marketplace.core.vocab import countries
from suppliers.imports import actions, columns, running
from suppliers.imports.models import Import, ImportRow
from suppliers.imports.rows import sentence
from suppliers.imports.tables import Unreadable, open_table


class Command(BaseCommand):
    help = "Reads suppliers from a CSV or XLSX file into drafts that stay invisible until their owners accept them."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--source", help="where the data comes from, as the owners are told; else the file's name")
        parser.add_argument("--country", default="", help="of rows that name none, such as GB")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _n in settings.LANGUAGES]
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADING=FIELD",
            help="one of " + ", ".join(sorted(columns.NAMES)),
        )

    def handle(self, *args, file, dry_run, source, country, language, **options):
        if country and not countries.find(country):
            raise CommandError(f"{country} is no country we know.")
        try:
            with open_table(file) as table:
                headings, form = table.headings, table.form
        except (Unreadable, OSError) as error:
            raise CommandError(str(error)) from error
        mapping = actions.remembered(headings) | self.corrections(headings, options["map"])
        mapping = {heading: field for heading, field in mapping.items() if field}
        for heading in headings:
            self.stderr.write(f"{heading or '(no heading)'} -> {mapping.get(heading, 'left out')}")
        of_import = Import(
            source=source or file.name,
            file_name=file.name[-200:],
            size=file.stat().st_size,
            mapping=mapping,
            country=countries.find(country) or "",
            language=language,
        )
        counts, reported = (self.rehearse if dry_run else self.run)(of_import, file, headings)
        for number, name, problems in reported:
            self.stderr.write(f"line {number} {name}: {' '.join(sentence(problem) for problem in problems)}")
        figures = " ".join(f"{name}={counts[name]}" for name in ("created", "updated", "unchanged", "reported"))
        self.stdout.write(f"import_suppliers: rows={counts.total()} {figures} form={form} dry_run={int(dry_run)}")

    def corrections(self, headings, pairs):
        found = {}
        for pair in pairs:
            heading, _equals, field = pair.rpartition("=")
            if heading not in headings or (field and field not in columns.NAMES):
                raise CommandError(f"--map {pair}: the file has no such heading, or there is no such field.")
            found[heading] = field
        return found

    def rehearse(self, of_import, file, headings):
        with self.bar() as bar:
            counts, entries = running.rehearse(of_import, file, progress=self.shown_on(bar))
        reported = [entry for entry in entries if entry.outcome == "reported"]
        return counts, [(entry.number, entry.name, entry.problems) for entry in reported]

    def run(self, of_import, file, headings):
        with file.open("rb") as content:
            stored = actions.upload_import(
                File(content, name=file.name),
                source=of_import.source,
                country=of_import.country,
                language=of_import.language,
                by=None,
            )
        try:
            actions.begin_import(stored, headings=headings, mapping=of_import.mapping, by=None, in_background=False)
        except RuleBroken as broken:
            raise CommandError(str(broken)) from broken
        with self.bar() as bar:
            running.run(stored, progress=self.shown_on(bar))
        stored.refresh_from_db()
        if stored.failed_at:
            raise CommandError(stored.failure)
        rows = ImportRow.objects.filter(of_import=stored, outcome="reported").order_by("number")
        return running.counts(stored), rows.values_list("number", "name", "problems")[:1_000]

    def bar(self):
        return tqdm(total=100, unit="%", leave=False, disable=not sys.stderr.isatty())

    def shown_on(self, bar):
        def show(counts, share):
            bar.update(int(share * 100) - bar.n)
            bar.set_postfix(counts)

        return show
