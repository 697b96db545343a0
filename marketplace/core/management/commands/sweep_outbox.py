from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.core import due
from marketplace.core.models import OutboxMessage


class Command(BaseCommand):
    help = "Enqueue every mail that is due."

    def handle(self, *args, **options):
        taken = due.sweep_outbox()
        waiting = OutboxMessage.objects.known().waiting().count()
        self.stdout.write(f"sweep_outbox: enqueued={taken} waiting={waiting}")
        if not taken and OutboxMessage.objects.due(timezone.now()).exists():
            raise CommandError("the queue did not answer")
