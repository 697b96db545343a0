"""What is chosen of a call, and where it stands: words of the field with their names."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a call stands at a moment; never stored, always read from the times that are."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    AWARDED = "awarded", _("Awarded")
    UNSUCCESSFUL = "unsuccessful", _("Without result")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CANCELLED = "cancelled", _("Cancelled")


class Procedure(models.TextChoices):
    OPEN = "open", _("Open procedure: every firm may respond")
    RESTRICTED = "restricted", _("Restricted procedure: first ask to take part")
    NEGOTIATED = "negotiated", _("Procedure with negotiation")
    ADAPTED = "adapted", _("Simplified procedure below the threshold")
    QUOTATION = "quotation", _("Request for quotations")
    MARKET_QUESTION = "market_question", _("Market consultation before a procedure")


class Contract(models.TextChoices):
    WORKS = "works", _("Works")
    SUPPLIES = "supplies", _("Supplies")
    SERVICES = "services", _("Services")


class Audience(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody")
    MEMBERS = "members", _("Members of the network and listed suppliers only")


class Route(models.TextChoices):
    """Where responses go."""

    PORTAL = "portal", _("To the official portal")
    HERE = "here", _("Here")
