from django.core.management.base import BaseCommand, CommandError

from marketplace.core import translations


class Command(BaseCommand):
    help = "Collect, check or compile the catalogue of translatable strings."
    requires_system_checks = []

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--update", action="store_true", help="bring locale/ in step with the sources")
        what.add_argument("--check", action="store_true", help="exit 1 when a string lacks its translation")
        what.add_argument("--compile", action="store_true", help="write the .mo files that the program reads")

    def handle(self, *args, update, check, **options):
        missing = 0
        for language in translations.languages():
            if update:
                translations.update(language)
            elif check:
                for message in translations.untranslated(language):
                    missing += 1
                    where = message.locations[0][0] if message.locations else "?"
                    self.stderr.write(f"{language}: {where}: {message.id!r}")
            if not check and translations.catalogue_path(language).exists():
                translations.compile_catalogue(language)
        self.stdout.write(f"translations: languages={len(translations.languages())} missing={missing}")
        if missing:
            raise CommandError(f"{missing} strings lack a translation")
