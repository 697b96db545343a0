"""What a home page is built of. Few and strong: each block is a finished piece of the design."""

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms import figures

TILES = [("lapis", _("Blue")), ("terracotta", _("Red")), ("olive", _("Green")), ("saffron", _("Yellow"))]
PLACES = [
    ("list-your-firm", _("List your firm")),
    ("account_signup", _("Create an account")),
    ("supplier-list", _("Supplier directory")),
]


class LinkValue(blocks.StructValue):
    @property
    def url(self):
        """The address in the language of the page that shows it."""
        page = self.get("page")
        return page.localized.url if page else reverse(self["place"])


class LinkBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Words on the button"), max_length=60, help_text=_("Start with a verb."))
    place = blocks.ChoiceBlock(label=_("Leads to"), choices=PLACES, required=False)
    page = blocks.PageChooserBlock(label=_("or to a page"), required=False)

    class Meta:
        value_class = LinkValue
        icon = "link"
        label = _("Link")

    def clean(self, value):
        cleaned = super().clean(value)
        if bool(cleaned.get("place")) == bool(cleaned.get("page")):
            sentence = ValidationError(gettext("Choose a place or a page, one of the two."))
            raise blocks.StructBlockValidationError(block_errors={"place": sentence})
        return cleaned


class HeroBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    lead = blocks.TextBlock(label=_("First sentence"), max_length=300)
    question = blocks.CharBlock(label=_("Words in the search box"), max_length=80)
    examples = blocks.ListBlock(
        blocks.CharBlock(max_length=60), label=_("Searches to try"), min_num=0, max_num=4, default=[]
    )

    class Meta:
        template = "cms/blocks/hero.html"
        icon = "title"
        label = _("Opening with search")


class DoorBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=60)
    text = blocks.TextBlock(label=_("Text"), max_length=300)
    tile = blocks.ChoiceBlock(label=_("Colour"), choices=TILES, default="lapis")
    link = LinkBlock(label=_("Link"))

    class Meta:
        icon = "login"
        label = _("Door")


class DoorsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    doors = blocks.ListBlock(DoorBlock(), label=_("Doors"), min_num=2, max_num=4)

    class Meta:
        template = "cms/blocks/doors.html"
        icon = "grip"
        label = _("Doors")


class TextBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    text = blocks.RichTextBlock(label=_("Text"), features=["h3", "bold", "italic", "ul", "ol", "link"])

    class Meta:
        template = "cms/blocks/text.html"
        icon = "pilcrow"
        label = _("Text")


class CallOutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    text = blocks.TextBlock(label=_("Text"), max_length=400)
    link = LinkBlock(label=_("Link"))

    class Meta:
        template = "cms/blocks/call_out.html"
        icon = "pick"
        label = _("Call-out")


class FiguresBlock(blocks.StructBlock):
    """Numbers counted when the page is shown, never typed in."""

    title = blocks.CharBlock(label=_("Title"), max_length=80)

    class Meta:
        template = "cms/blocks/figures.html"
        icon = "table"
        label = _("Figures, counted live")

    def get_context(self, value, parent_context=None):
        return super().get_context(value, parent_context=parent_context) | {"figures": figures.counted()}


class HomeBlocks(blocks.StreamBlock):
    hero = HeroBlock()
    doors = DoorsBlock()
    text = TextBlock()
    call_out = CallOutBlock()
    figures = FiguresBlock()

    class Meta:
        block_counts = {"hero": {"min_num": 1, "max_num": 1}, "figures": {"max_num": 1}}
