"""Facts for a score, as hypothesis draws them: few values, so that they meet often."""

from hypothesis import strategies as st

from marketplace.core.vocab import cpv, nuts
from marketplace.matching.scoring import Need, Offer, Service

#: Divisions that end on a zero and their neighbours, skipped levels, a branch that goes down to the last digit.
BRANCHES = ("03", "30", "31", "4521", "453", "909", "79", "35")
real_codes = st.sampled_from([code for code in cpv.codes() if code.startswith(BRANCHES)])
#: Of an older list, or mistyped long ago: eight digits that are no code of CPV 2008.
old_codes = st.builds(
    lambda beginning, end: (beginning + end)[:8],
    st.sampled_from(("0000", "30", "4521", "45212", "9091", "90911", "99")),
    st.text("0129", min_size=6, max_size=6),
).filter(lambda code: not cpv.exists(code))
codes = st.one_of(real_codes, real_codes, old_codes)
#: Northern Ireland's regions outgrew their parent's code; GR is no code and EL is; FR62 is of an older list.
LISTED = [code for code in nuts.regions() if code.startswith(("UKN", "UKE", "EL3", "FR1"))]
region = st.sampled_from([*LISTED, "UK", "EL", "GR", "FR", "FR62", "US", "BR", "UKN10", "UKN16", "UKN0", "UKZ"])
regions = st.frozensets(region, max_size=3)
words = st.frozensets(st.sampled_from("abcdefgh"), max_size=6)
services = st.builds(Service, codes, regions, st.sampled_from((False, False, False, True)))
needs = st.builds(
    Need,
    st.lists(codes, min_size=1, max_size=4, unique=True).map(tuple),
    st.frozensets(region, min_size=1, max_size=3),
    st.lists(words, max_size=3).map(tuple),
)
offers = st.builds(Offer, st.lists(services, max_size=5).map(tuple), words)
