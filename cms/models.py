"""Django looks for models here; they live in the modules named below."""

from cms.pages import HomePage, StandardPage
from cms.site_details import SiteDetails

__all__ = ["HomePage", "SiteDetails", "StandardPage"]
